package com.evolvishub.cdc.source.session;

import java.util.Objects;

/**
 * The source cannot be read as the file asks for, or not now. The message is for people: it says
 * what was found and what to do, and holds no secret.
 */
public final class SourceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String key;
    private final boolean isTransient;

    private SourceException(String key, String message, boolean passing, Throwable cause) {
        super(Objects.requireNonNull(message, "message"), cause);
        this.key = Objects.requireNonNull(key, "key");
        this.isTransient = passing;
    }

    /** Something that somebody has to mend: a name, a right, a statement. */
    public static SourceException permanent(String message) {
        return new SourceException("", message, false, null);
    }

    /** The same, where the file's key that has to change is known. */
    public static SourceException permanent(String key, String message) {
        return new SourceException(key, message, false, null);
    }

    /** Something that may go by itself. */
    public static SourceException transientError(String message, Throwable cause) {
        return new SourceException("", message, true, cause);
    }

    static SourceException of(String message, boolean passing, Throwable cause) {
        return new SourceException("", message, passing, cause);
    }

    /**
     * The key of the mapping that is to blame, as far as it is known; empty: the source as a whole.
     */
    public String key() {
        return key;
    }

    /** Whether it may go by itself: a connection, a deadlock, a server that restarts. */
    public boolean isTransient() {
        return isTransient;
    }
}
