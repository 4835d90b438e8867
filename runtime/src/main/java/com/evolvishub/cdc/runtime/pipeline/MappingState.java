package com.evolvishub.cdc.runtime.pipeline;

/** The states of a pipeline, worst first: of its two ends the worse one is reported. */
public enum MappingState {
    /** Disabled in the file, or not selected. */
    DISABLED("disabled"),
    /** Stopped by a permanent error; retried with growing delays. */
    QUARANTINED("quarantined"),
    /** The destination is unavailable; the source does not poll. */
    WAITING_FOR_DESTINATION("waiting for destination"),
    /** The source is unavailable; retried with growing delays. */
    RETRYING("retrying"),
    /** Nothing was read yet. */
    STARTING("starting"),
    /** A read is running, or rows wait to be delivered. */
    CATCHING_UP("catching up"),
    /** Up to date with the source, as of the last poll. */
    IDLE("idle"),
    /** A {@code one_time} mapping that has finished. */
    FINISHED("finished");

    private final String label;

    MappingState(String label) {
        this.label = label;
    }

    /** The text that status prints. */
    public String label() {
        return label;
    }
}
