package com.evolvishub.cdc.testing.network;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Predicate;

/**
 * Delays one message in a {@link TcpProxy}, like a slow network: the next message that matches
 * waits, and so do the messages after it on the same connection in the same direction. Works for
 * protocols with a length prefix of four bytes, such as those of Kafka and Pulsar.
 *
 * <p>Thread-safe.
 */
public final class MessageDelay {

    private static final Duration RESPONSE_TIMEOUT = Duration.ofMinutes(1);

    private final boolean requests;
    private final Predicate<byte[]> which;
    private boolean armed;
    private boolean held;
    private boolean responsePending;
    private boolean answered;

    private MessageDelay(boolean requests, Predicate<byte[]> which) {
        this.requests = requests;
        this.which = which;
    }

    /**
     * Delays a message that a client sends.
     *
     * @param which tests the message without its length prefix
     */
    public static MessageDelay ofRequests(Predicate<byte[]> which) {
        return new MessageDelay(true, which);
    }

    /**
     * Delays a message that the server sends.
     *
     * @param which tests the message without its length prefix
     */
    public static MessageDelay ofAnswers(Predicate<byte[]> which) {
        return new MessageDelay(false, which);
    }

    /** Delays the next message that matches. */
    public synchronized void holdNext() {
        armed = true;
        answered = false;
    }

    /** Whether a message is being delayed. */
    public synchronized boolean isHolding() {
        return held;
    }

    /** Whether the server has responded to the request that was delayed last. */
    public synchronized boolean isAnswered() {
        return answered;
    }

    /** Forwards the delayed message; later messages are not delayed. */
    public synchronized void release() {
        armed = false;
        held = false;
        notifyAll();
    }

    /** Forwards messages until one side is closed. */
    void pass(InputStream from, OutputStream to, boolean isRequest)
            throws IOException, InterruptedException {
        DataInputStream in = new DataInputStream(from);
        DataOutputStream out = new DataOutputStream(to);
        while (true) {
            byte[] message;
            try {
                message = new byte[in.readInt()];
                in.readFully(message);
            } catch (EOFException endOfStream) {
                // the client may have closed the connection after its own timeout
                awaitResponse(isRequest);
                return;
            }
            boolean delayed = isRequest == requests && await(message);
            if (!isRequest) {
                onResponse();
            }
            byte[] framed = Arrays.copyOf(length(message.length), 4 + message.length);
            System.arraycopy(message, 0, framed, 4, message.length);
            if (delayed && isRequest) {
                expectResponse();
            }
            out.write(framed);
        }
    }

    private static byte[] length(int bytes) {
        return new byte[] {
            (byte) (bytes >>> 24), (byte) (bytes >>> 16), (byte) (bytes >>> 8), (byte) bytes
        };
    }

    private synchronized boolean await(byte[] message) throws InterruptedException {
        if (!armed || !which.test(message)) {
            return false;
        }
        armed = false;
        held = true;
        while (held) {
            wait();
        }
        return true;
    }

    private synchronized void expectResponse() {
        responsePending = true;
    }

    private synchronized void onResponse() {
        answered |= responsePending;
        responsePending = false;
        notifyAll();
    }

    private synchronized void awaitResponse(boolean isRequest) throws InterruptedException {
        long deadline = System.nanoTime() + RESPONSE_TIMEOUT.toNanos();
        while (isRequest && responsePending && System.nanoTime() < deadline) {
            wait(RESPONSE_TIMEOUT.toMillis());
        }
    }
}
