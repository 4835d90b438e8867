package com.evolvishub.cdc.connectors.redis.session;

import com.evolvishub.cdc.sink.failure.FailureKind;

/** The server rejected a command or did not respond; the message names server, cause and remedy. */
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

    /** Whether a retry may succeed. */
    public FailureKind kind() {
        return kind;
    }
}
