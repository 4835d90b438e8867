package com.evolvishub.cdc.connectors.redis.session;

import com.evolvishub.cdc.sink.failure.FailureKind;

/** The server refused or did not answer; the message says which server, what, and what would do. */
public final class RedisException extends Exception {
    private static final long serialVersionUID = 1L;

    private final FailureKind kind;

    public RedisException(FailureKind kind, String message) {
        super(message);
        this.kind = kind;
    }

    RedisException(FailureKind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** Whether trying again later may help. */
    public FailureKind kind() {
        return kind;
    }
}
