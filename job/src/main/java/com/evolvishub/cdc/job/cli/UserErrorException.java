package com.evolvishub.cdc.job.cli;

/**
 * A mistake of the user's that is not in the file: the message says what was found and what would
 * do.
 */
final class UserErrorException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UserErrorException(String message) {
        super(message);
    }
}
