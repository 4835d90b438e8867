package com.evolvishub.cdc.runtime.pipeline;

/** What a pipeline does with the state of an earlier run. */
public enum RestoreMode {
    /** Resumes from it, if the plan has not changed. */
    RESUME,
    /** Resumes from it, even if the plan has changed ({@code --accept-change}). */
    ACCEPT_CHANGE,
    /** Discards it and loads again ({@code --reset}). */
    RESET;

    /**
     * Whether to discard the state. A run discards only the state of other runs: its own restarts
     * resume.
     *
     * @param run the current run
     * @param writtenBy the run that wrote the state
     */
    public boolean discardsState(String run, String writtenBy) {
        return this == RESET && !run.equals(writtenBy);
    }
}
