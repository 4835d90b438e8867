package com.evolvishub.cdc.testing.pulsar;

import com.evolvishub.cdc.testing.process.FreePorts;
import java.util.List;

/**
 * Where one broker listens on 127.0.0.1. Kept over a restart, because its data name them.
 *
 * @param service for clients
 * @param tls for clients, encrypted
 * @param admin for the admin API
 * @param bookie of the storage node within
 * @param proxied for clients that come over a proxy
 */
record PulsarPorts(int service, int tls, int admin, int bookie, int proxied) {

    /** Ports that nobody has at this moment, all of them different. */
    static PulsarPorts free() {
        List<Integer> ports = FreePorts.find(5);
        return new PulsarPorts(
                ports.get(0), ports.get(1), ports.get(2), ports.get(3), ports.get(4));
    }
}
