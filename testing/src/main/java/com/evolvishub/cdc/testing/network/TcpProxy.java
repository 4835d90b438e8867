package com.evolvishub.cdc.testing.network;

import com.evolvishub.cdc.testing.process.FreePorts;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A way to a server on this machine that can be cut in two ways, and mended. Cut by {@link
 * #refuseConnections} it is like a server that has died: connections are reset, and nobody listens.
 * Cut by {@link #hang} it is like one that hangs, or a network that swallows packets: connections
 * stay and are taken, and not a byte goes through; what was held back arrives when it is mended.
 *
 * <p>Thread-safe.
 */
public final class TcpProxy implements AutoCloseable {

    private static final int TRIES = 500;
    private static final long PAUSE_NANOS = 10_000_000;
    private static final int CHUNK = 64 << 10;

    private final int port;
    private final List<Socket> open = new ArrayList<>();
    private InetSocketAddress server;
    private ServerSocket entry;
    private Thread acceptor;
    private MessageDelay hold;
    private boolean silent;
    private boolean closed;

    private TcpProxy(ServerSocket entry) {
        this.entry = entry;
        this.port = entry.getLocalPort();
        acceptor = start(() -> accept(entry));
    }

    /** A way that leads nowhere yet: for servers that must know it before they start. */
    public static TcpProxy listening() {
        return new TcpProxy(FreePorts.listen());
    }

    /** Leads to this server from now on. */
    public synchronized TcpProxy to(String host, int serverPort) {
        server = new InetSocketAddress(host, serverPort);
        notifyAll();
        return this;
    }

    /** Has connections that are made from now on pass message by message. */
    public synchronized TcpProxy holding(MessageDelay messages) {
        hold = messages;
        return this;
    }

    private synchronized MessageDelay hold() {
        return hold;
    }

    public String host() {
        return "127.0.0.1";
    }

    public int port() {
        return port;
    }

    /** Resets every connection, and listens no more. */
    public void refuseConnections() {
        Thread leaving;
        synchronized (this) {
            silent = false;
            notifyAll();
            close(entry);
            resetAll();
            leaving = acceptor;
        }
        // the system takes connections for a closed entry until the thread at it has noticed
        try {
            leaving.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Holds back every byte, in both directions; connections are still taken. */
    public synchronized void hang() {
        silent = true;
    }

    /** Lets everything pass again, and first what was held back. */
    public synchronized void restore() {
        silent = false;
        notifyAll();
        if (entry.isClosed() && !closed) {
            ServerSocket again = listenAgain();
            entry = again;
            acceptor = start(() -> accept(again));
        }
    }

    private ServerSocket listenAgain() {
        for (int tried = 1; ; tried++) {
            try {
                return FreePorts.listen(port);
            } catch (IOException held) {
                if (tried == TRIES) {
                    throw new UncheckedIOException(held);
                }
                // a thread that still waits at the closed entry holds it a moment longer
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void accept(ServerSocket door) {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                if (keep(client, door)) {
                    Thread unused = start(() -> connect(client));
                }
            } catch (IOException over) {
                // refused, or closed: the loop's condition tells
            }
        }
    }

    private synchronized boolean keep(Socket socket, ServerSocket door) {
        if (closed || door.isClosed()) {
            reset(socket);
            return false;
        }
        return open.add(socket);
    }

    private void connect(Socket client) {
        try {
            Socket behind = new Socket();
            InetSocketAddress address = awaitWay();
            behind.connect(address);
            behind.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            synchronized (this) {
                if (client.isClosed()) {
                    reset(behind);
                    return;
                }
                open.add(behind);
            }
            MessageDelay messages = hold();
            Thread unused = start(() -> pass(client, behind, messages, true));
            pass(behind, client, messages, false);
        } catch (IOException unreachable) {
            forget(client);
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized InetSocketAddress awaitWay() throws InterruptedException {
        while (silent || server == null) {
            wait();
        }
        return server;
    }

    private void pass(Socket from, Socket to, MessageDelay messages, boolean isRequest) {
        byte[] chunk = new byte[CHUNK];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            if (messages != null) {
                messages.pass(in, out, isRequest);
                return;
            }
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                awaitWay();
                out.write(chunk, 0, read);
            }
            awaitWay();
        } catch (IOException gone) {
            // both ends see it below
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        } finally {
            forget(from);
            forget(to);
        }
    }

    private synchronized void forget(Socket socket) {
        open.remove(socket);
        close(socket);
    }

    private void resetAll() {
        open.forEach(TcpProxy::reset);
        open.clear();
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException gone) {
            // then there is nothing to reset
            return;
        } finally {
            close(socket);
        }
    }

    private static void close(AutoCloseable one) {
        try {
            one.close();
        } catch (Exception gone) {
            // closed is closed
            return;
        }
    }

    private static Thread start(Runnable work) {
        Thread thread = new Thread(work, "tcp-proxy");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        refuseConnections();
    }
}
