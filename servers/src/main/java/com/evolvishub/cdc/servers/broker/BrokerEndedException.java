package com.evolvishub.cdc.servers.broker;

import com.evolvishub.cdc.servers.ServerUnavailableException;

/** A broker ended by itself before it took clients, or is of no use; a fresh one may do better. */
public final class BrokerEndedException extends ServerUnavailableException {
    private static final long serialVersionUID = 1L;

    /** With the reason, and what the broker has logged of it. */
    public BrokerEndedException(String message) {
        super(message);
    }
}
