package com.evolvishub.cdc.testing.broker;

import com.evolvishub.cdc.testing.process.ServerUnavailableException;

/** A broker ended by itself before it took clients; a fresh one may do better. */
public final class BrokerEndedException extends ServerUnavailableException {
    private static final long serialVersionUID = 1L;

    BrokerEndedException(String message) {
        super(message);
    }
}
