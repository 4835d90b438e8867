package com.evolvishub.cdc.sink.failure;

/** Another writer has taken the lane. This one must not write any more, and not fence back. */
public final class FencedException extends DestinationException {
    private static final long serialVersionUID = 1L;

    /**
     * @param run the run that holds the lane now
     * @param host where that run lives
     */
    public FencedException(String run, String host) {
        super("taken over by run %s on host %s".formatted(run, host));
    }
}
