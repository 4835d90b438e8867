package com.evolvishub.cdc.servers.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
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
        List<ServerSocket> held = new ArrayList<>();
        try {
            Map<BrokerListener, Integer> clients = new EnumMap<>(BrokerListener.class);
            for (BrokerListener listener : BrokerListener.values()) {
                clients.put(listener, take(held));
            }
            if (plain != 0) {
                clients.put(BrokerListener.PLAIN, plain);
            }
            return new BrokerPorts(clients, take(held));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            held.forEach(BrokerPorts::release);
        }
    }

    private static int take(List<ServerSocket> held) throws IOException {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        held.add(socket);
        return socket.getLocalPort();
    }

    private static void release(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String address(BrokerListener listener) {
        return "127.0.0.1:" + clients.get(listener);
    }
}
