package com.evolvishub.cdc.testing.pulsar;

import com.evolvishub.cdc.testing.process.FreePorts;
import java.util.List;

/**
 * The ports of a broker on 127.0.0.1. They stay the same over a restart, because the data contains
 * them.
 *
 * @param service for clients
 * @param tls for clients, encrypted
 * @param admin for the admin API
 * @param bookie for the embedded BookKeeper
 * @param proxied for clients that connect through a proxy
 */
record PulsarPorts(int service, int tls, int admin, int bookie, int proxied) {

    /** Returns free ports, all of them different. */
    static PulsarPorts free() {
        List<Integer> ports = FreePorts.find(5);
        return new PulsarPorts(
                ports.get(0), ports.get(1), ports.get(2), ports.get(3), ports.get(4));
    }
}
