package com.evolvishub.cdc.source.session;

import java.util.Objects;

/**
 * The source cannot be read as configured, or not at the moment. The message is human-readable: it
 * says what was found and what to do, and contains no secret.
 */
public final class SourceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String key;
    private final boolean isTransient;

    private SourceException(String key, String message, boolean isTransient, Throwable cause) {
        super(Objects.requireNonNull(message, "message"), cause);
        this.key = Objects.requireNonNull(key, "key");
        this.isTransient = isTransient;
    }

    /** An error that needs action by the user: a name, a privilege, a statement. */
    public static SourceException permanent(String message) {
        return new SourceException("", message, false, null);
    }

    /** The same, where the configuration key to change is known. */
    public static SourceException permanent(String key, String message) {
        return new SourceException(key, message, false, null);
    }

    /** An error that may disappear without action. */
    public static SourceException transientError(String message, Throwable cause) {
        return new SourceException("", message, true, cause);
    }

    static SourceException of(String message, boolean isTransient, Throwable cause) {
        return new SourceException("", message, isTransient, cause);
    }

    /** The mapping's key that causes the error, if known; empty: the source as a whole. */
    public String key() {
        return key;
    }

    /** Whether it may disappear without action: a connection, a deadlock, a server restart. */
    public boolean isTransient() {
        return isTransient;
    }
}
