package com.evolvishub.cdc.planner.spec;

/** The values of {@code log_level}. */
public enum LogLevel {
    /** Everything. */
    DEBUG,
    /** What a user wants to know. */
    INFO,
    /** What may need a look. */
    WARNING,
    /** What is broken. */
    ERROR
}
