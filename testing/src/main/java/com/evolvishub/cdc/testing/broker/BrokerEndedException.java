package com.evolvishub.cdc.testing.broker;

import com.evolvishub.cdc.testing.process.ServerUnavailableException;

/** A broker exited before it accepted clients; another attempt may succeed. */
public final class BrokerEndedException extends ServerUnavailableException {
    private static final long serialVersionUID = 1L;

    BrokerEndedException(String message) {
        super(message);
    }
}
