package com.evolvishub.cdc.capture;

import com.evolvishub.cdc.planner.spec.ConnectionSpec;
import com.evolvishub.cdc.servers.Database;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A way to a server that can be cut and mended. */
public final class BreakableNetwork implements AutoCloseable {

    private final Database database;
    private final ServerSocket entry;
    private final List<Socket> open = new ArrayList<>();
    private volatile boolean cut;

    public BreakableNetwork(Database database) {
        this.database = database;
        try {
            entry = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    public ConnectionSpec connection() {
        ConnectionSpec direct = PipelineBuilder.connection(database);
        return new ConnectionSpec(
                "127.0.0.1",
                entry.getLocalPort(),
                direct.database(),
                direct.username(),
                direct.password(),
                direct.tls(),
                direct.timeout(),
                direct.parameters());
    }

    /** Breaks what is open and refuses what comes. */
    public synchronized void cut() {
        cut = true;
        for (Socket socket : open) {
            close(socket);
        }
        open.clear();
    }

    public void mend() {
        cut = false;
    }

    private void accept() {
        while (!entry.isClosed()) {
            try {
                Socket client = entry.accept();
                if (cut) {
                    close(client);
                    continue;
                }
                Socket server = new Socket(database.host(), database.port());
                synchronized (this) {
                    open.add(client);
                    open.add(server);
                }
                start(() -> pass(client, server));
                start(() -> pass(server, client));
            } catch (IOException closed) {
                // by the test's end, or a client that went away
            }
        }
    }

    private static void pass(Socket from, Socket to) {
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
        } catch (IOException cut) {
            // both ends see it
        } finally {
            close(from);
            close(to);
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "breakable-network");
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // closed is closed
        }
    }

    @Override
    public void close() throws IOException {
        entry.close();
        cut();
    }
}
