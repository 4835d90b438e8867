package com.evolvishub.cdc.runtime.pipeline;

/** The states that status shows, worst first: of two ends of a lane the earlier one is shown. */
public enum MappingState {
    /** Switched off in the file, or not selected. */
    DISABLED("disabled"),
    /** Stopped by an error that will not go by itself; looked at again, less and less often. */
    QUARANTINED("quarantined"),
    /** The destination is away; the source does not poll. */
    WAITING_FOR_DESTINATION("waiting for destination"),
    /** The source is away; tried again with growing pauses. */
    RETRYING("retrying"),
    /** Nothing was read yet. */
    STARTING("starting"),
    /** A read is under way, or rows wait to be delivered. */
    CATCHING_UP("catching up"),
    /** Level with the source, as of the last poll. */
    IDLE("idle"),
    /** A {@code one_time} mapping that is done. */
    FINISHED("finished");

    private final String label;

    MappingState(String label) {
        this.label = label;
    }

    /** As status prints it. */
    public String label() {
        return label;
    }
}
