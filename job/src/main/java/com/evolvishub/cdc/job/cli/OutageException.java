package com.evolvishub.cdc.job.cli;

/** Something outside this process does not answer as it should. */
final class OutageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutageException(String message) {
        super(message);
    }
}
