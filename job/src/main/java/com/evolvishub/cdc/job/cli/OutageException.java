package com.evolvishub.cdc.job.cli;

/** A server or another resource outside this process does not work. */
final class OutageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutageException(String message) {
        super(message);
    }
}
