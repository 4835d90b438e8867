package com.evolvishub.cdc.testing.kafka;

import com.evolvishub.cdc.testing.process.FreePorts;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Map;

/**
 * The ports of a broker on 127.0.0.1. They stay the same when the broker is restarted.
 *
 * @param clients a port for each listener
 * @param controller the port of the node's own controller
 */
record KafkaPorts(Map<KafkaListener, Integer> clients, int controller) {

    KafkaPorts {
        clients = Map.copyOf(clients);
    }

    /**
     * Returns free ports.
     *
     * @param plain the port of {@link KafkaListener#PLAIN}; 0: any free port
     */
    static KafkaPorts free(int plain) {
        Iterator<Integer> ports = FreePorts.find(KafkaListener.values().length + 1).iterator();
        Map<KafkaListener, Integer> clients = new EnumMap<>(KafkaListener.class);
        for (KafkaListener listener : KafkaListener.values()) {
            clients.put(listener, ports.next());
        }
        if (plain != 0) {
            clients.put(KafkaListener.PLAIN, plain);
        }
        return new KafkaPorts(clients, ports.next());
    }

    String address(KafkaListener listener) {
        return "127.0.0.1:" + clients.get(listener);
    }
}
