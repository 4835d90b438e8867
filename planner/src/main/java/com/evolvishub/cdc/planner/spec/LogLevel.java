package com.evolvishub.cdc.planner.spec;

/** The values of {@code log_level}. */
public enum LogLevel {
    /** Details for debugging. */
    DEBUG,
    /** Normal events. */
    INFO,
    /** Events that may need attention. */
    WARNING,
    /** Failures. */
    ERROR
}
