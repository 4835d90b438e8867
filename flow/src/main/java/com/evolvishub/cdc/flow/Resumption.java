package com.evolvishub.cdc.flow;

/** What a lane makes of the state that an earlier run has left. */
public enum Resumption {
    /** Goes on from it, if it is a position in what is planned now. */
    GO_ON,
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
    public boolean forgets(String run, String writtenBy) {
        return this == RESET && !run.equals(writtenBy);
    }
}
