package com.evolvishub.cdc.runtime.pipeline;

/** What a lane makes of the state that an earlier run has left. */
public enum RestoreMode {
    /** Goes on from it, if it is a position in what is planned now. */
    RESUME,
    /** Goes on from it, also if the plan has changed ({@code --accept-change}). */
    ACCEPT_CHANGE,
    /** Forgets it and loads anew ({@code --reset}). */
    RESET;

    /**
     * Whether state is to be forgotten. A run forgets only what others have left: its own restarts
     * go on.
     *
     * @param run the run under way
     * @param writtenBy the run that wrote the state
     */
    public boolean discardsState(String run, String writtenBy) {
        return this == RESET && !run.equals(writtenBy);
    }
}
