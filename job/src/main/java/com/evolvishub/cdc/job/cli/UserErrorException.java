package com.evolvishub.cdc.job.cli;

/** A user error that is not in the file; the message holds the problem and its remedy. */
final class UserErrorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UserErrorException(String message) {
        super(message);
    }
}
