package com.evolvishub.cdc.servers.pulsar;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
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
    static PulsarPorts free() throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < 5; i++) {
                held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return new PulsarPorts(
                    held.get(0).getLocalPort(),
                    held.get(1).getLocalPort(),
                    held.get(2).getLocalPort(),
                    held.get(3).getLocalPort(),
                    held.get(4).getLocalPort());
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }
}
