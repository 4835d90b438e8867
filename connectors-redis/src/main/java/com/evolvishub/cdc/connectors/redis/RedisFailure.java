package com.evolvishub.cdc.connectors.redis;

import com.evolvishub.cdc.delivery.Failure;

/** The server refused or did not answer; the message says which server, what, and what would do. */
final class RedisFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final Failure kind;

    RedisFailure(Failure kind, String message) {
        super(message);
        this.kind = kind;
    }

    RedisFailure(Failure kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** Whether trying again later may help. */
    Failure kind() {
        return kind;
    }
}
