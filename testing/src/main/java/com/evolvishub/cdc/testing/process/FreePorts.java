package com.evolvishub.cdc.testing.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports on 127.0.0.1 that nobody has at this moment, from below those that systems hand to clients:
 * any connection could take one of these before the server does, and a client that tries one while
 * nobody listens may meet itself.
 */
public final class FreePorts {
    private static final int FIRST = 12_000;
    private static final int COUNT = 18_000;
    private static final int TRIES = 1000;

    private FreePorts() {}

    /** One of them. */
    public static int find() {
        return find(1).get(0);
    }

    /**
     * One whose second port, so much higher, is free too and also below those of clients.
     *
     * @param distance from the one to the other, 1 to 15,000
     */
    public static int findWithSecond(int distance) {
        for (int tried = 1; ; tried++) {
            int port = FIRST + ThreadLocalRandom.current().nextInt(COUNT - distance);
            try (ServerSocket first = listen(port);
                    ServerSocket second = listen(port + distance)) {
                return Math.min(first.getLocalPort(), second.getLocalPort());
            } catch (IOException taken) {
                if (tried == TRIES) {
                    throw new UncheckedIOException(taken);
                }
            }
        }
    }

    /** Whether a server did not start because somebody else has taken its port meanwhile. */
    public static boolean wereTaken(Exception failure) {
        String message = String.valueOf(failure.getMessage());
        return message.contains("Address already in use") || message.contains("could not bind");
    }

    /** So many, all of them different. */
    public static List<Integer> find(int count) {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                held.add(listen());
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            held.forEach(FreePorts::release);
        }
    }

    /** At one of them, and nobody else comes first. */
    public static ServerSocket listen() {
        for (int tried = 1; ; tried++) {
            try {
                return listen(FIRST + ThreadLocalRandom.current().nextInt(COUNT));
            } catch (IOException taken) {
                if (tried == TRIES) {
                    throw new UncheckedIOException(taken);
                }
            }
        }
    }

    public static ServerSocket listen(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static void release(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
