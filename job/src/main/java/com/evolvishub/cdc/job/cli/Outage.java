package com.evolvishub.cdc.job.cli;

/** Something outside this process does not answer as it should. */
final class Outage extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Outage(String message) {
        super(message);
    }
}
