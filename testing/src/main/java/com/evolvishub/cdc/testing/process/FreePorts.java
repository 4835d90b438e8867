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
 * Finds free ports on 127.0.0.1 below the range of ephemeral ports. Any client connection could
 * take an ephemeral port before the server does, and a client that connects to an ephemeral port
 * without a listener can connect to itself.
 */
public final class FreePorts {
    private static final int FIRST = 12_000;
    private static final int COUNT = 18_000;
    private static final int TRIES = 1000;

    private FreePorts() {}

    /** Returns one free port. */
    public static int find() {
        return find(1).get(0);
    }

    /**
     * Returns a free port for which {@code port + distance} is free too and also below the
     * ephemeral ports.
     *
     * @param distance between the two ports, 1 to 15,000
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

    /** Whether a server failed to start because another process has taken its port. */
    public static boolean wereTaken(Exception failure) {
        String message = String.valueOf(failure.getMessage());
        return message.contains("Address already in use") || message.contains("could not bind");
    }

    /** Returns this many different free ports. */
    public static List<Integer> find(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(listen());
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            sockets.forEach(FreePorts::release);
        }
    }

    /** Listens on a free port, so that no other process can take it. */
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
