package com.evolvishub.cdc.sink.failure;

/**
 * Another writer has taken over the pipeline. This writer must stop and must not take over again.
 */
public final class FencedException extends DestinationException {
    private static final long serialVersionUID = 1L;

    /**
     * @param run the run of the new writer
     * @param host host of that run
     */
    public FencedException(String run, String host) {
        super("taken over by run %s on host %s".formatted(run, host));
    }
}
