package com.evolvishub.cdc.testing.broker;

import com.evolvishub.cdc.testing.process.ServerUnavailableException;

/** A broker exited before it accepted clients, or is unusable; another attempt may succeed. */
public final class BrokerEndedException extends ServerUnavailableException {
    private static final long serialVersionUID = 1L;

    /** With the reason, and what the broker has logged of it. */
    public BrokerEndedException(String message) {
        super(message);
    }
}
