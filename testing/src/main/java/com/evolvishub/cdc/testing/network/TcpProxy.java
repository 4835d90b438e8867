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
 * A TCP proxy in front of a server on this machine that simulates two kinds of outage. {@link
 * #refuseConnections} simulates a server that has crashed: connections are reset, and the port is
 * closed. {@link #hang} simulates a server that hangs or a network that drops packets: connections
 * stay open and new ones are accepted, but no byte is forwarded. {@link #restore} ends the outage;
 * bytes that were held back are forwarded first.
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
    private ServerSocket serverSocket;
    private Thread acceptor;
    private MessageDelay hold;
    private boolean hanging;
    private boolean closed;

    private TcpProxy(ServerSocket serverSocket) {
        this.serverSocket = serverSocket;
        this.port = serverSocket.getLocalPort();
        acceptor = start(() -> accept(serverSocket));
    }

    /** Returns a proxy without a server, for servers that must know the port before they start. */
    public static TcpProxy listening() {
        return new TcpProxy(FreePorts.listen());
    }

    /** Forwards new connections to this server. */
    public synchronized TcpProxy to(String host, int serverPort) {
        server = new InetSocketAddress(host, serverPort);
        notifyAll();
        return this;
    }

    /** Forwards new connections message by message, with this delay. */
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

    /** Resets every connection and stops listening. */
    public void refuseConnections() {
        Thread stopping;
        synchronized (this) {
            hanging = false;
            notifyAll();
            close(serverSocket);
            resetAll();
            stopping = acceptor;
        }
        // the system accepts connections to the closed socket until the acceptor has noticed
        try {
            stopping.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Holds back every byte in both directions; new connections are still accepted. */
    public synchronized void hang() {
        hanging = true;
    }

    /** Ends the outage: forwards the bytes that were held back, and listens again. */
    public synchronized void restore() {
        hanging = false;
        notifyAll();
        if (serverSocket.isClosed() && !closed) {
            ServerSocket again = listenAgain();
            serverSocket = again;
            acceptor = start(() -> accept(again));
        }
    }

    private ServerSocket listenAgain() {
        for (int tried = 1; ; tried++) {
            try {
                return FreePorts.listen(port);
            } catch (IOException stillInUse) {
                if (tried == TRIES) {
                    throw new UncheckedIOException(stillInUse);
                }
                // a thread that still waits in accept() keeps the port in use for a moment
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void accept(ServerSocket listener) {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                if (register(client, listener)) {
                    Thread unused = start(() -> connect(client));
                }
            } catch (IOException over) {
                // the socket was closed, which the loop's condition detects
            }
        }
    }

    private synchronized boolean register(Socket socket, ServerSocket listener) {
        if (closed || listener.isClosed()) {
            reset(socket);
            return false;
        }
        return open.add(socket);
    }

    private void connect(Socket client) {
        try {
            Socket upstream = new Socket();
            InetSocketAddress address = awaitServer();
            upstream.connect(address);
            upstream.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            synchronized (this) {
                if (client.isClosed()) {
                    reset(upstream);
                    return;
                }
                open.add(upstream);
            }
            MessageDelay messages = hold();
            Thread unused = start(() -> pass(client, upstream, messages, true));
            pass(upstream, client, messages, false);
        } catch (IOException unreachable) {
            remove(client);
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized InetSocketAddress awaitServer() throws InterruptedException {
        while (hanging || server == null) {
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
                awaitServer();
                out.write(chunk, 0, read);
            }
            awaitServer();
        } catch (IOException alreadyClosed) {
            // both sockets are closed below
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        } finally {
            remove(from);
            remove(to);
        }
    }

    private synchronized void remove(Socket socket) {
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
        } catch (IOException alreadyClosed) {
            // the socket is closed already
            return;
        } finally {
            close(socket);
        }
    }

    private static void close(AutoCloseable one) {
        try {
            one.close();
        } catch (Exception alreadyClosed) {
            // nothing is left to do
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
