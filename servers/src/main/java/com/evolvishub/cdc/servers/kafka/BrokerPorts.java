package com.evolvishub.cdc.servers.kafka;

import com.evolvishub.cdc.servers.FreePorts;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Map;

/**
 * Where a broker listens on 127.0.0.1. Chosen once, so that a broker that is started again is found
 * where it was.
 *
 * @param clients a port for each listener
 * @param controller the port of the node's own controller
 */
record BrokerPorts(Map<BrokerListener, Integer> clients, int controller) {

    BrokerPorts {
        clients = Map.copyOf(clients);
    }

    /**
     * Free ones.
     *
     * @param plain the port of {@link BrokerListener#PLAIN}; 0 is any free one
     */
    static BrokerPorts free(int plain) {
        Iterator<Integer> ports = FreePorts.find(BrokerListener.values().length + 1).iterator();
        Map<BrokerListener, Integer> clients = new EnumMap<>(BrokerListener.class);
        for (BrokerListener listener : BrokerListener.values()) {
            clients.put(listener, ports.next());
        }
        if (plain != 0) {
            clients.put(BrokerListener.PLAIN, plain);
        }
        return new BrokerPorts(clients, ports.next());
    }

    String address(BrokerListener listener) {
        return "127.0.0.1:" + clients.get(listener);
    }
}
