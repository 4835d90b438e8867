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
 * Holds back one message on its way through a {@link TcpProxy}, as a slow network would: the next
 * one that matches waits, and so does what comes behind it on the same connection, in the same
 * direction. For protocols that begin each message with its length in four bytes, such as those of
 * Kafka and Pulsar.
 *
 * <p>Thread-safe.
 */
public final class MessageDelay {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final boolean requests;
    private final Predicate<byte[]> which;
    private boolean armed;
    private boolean held;
    private boolean owesAnswer;
    private boolean answered;

    private MessageDelay(boolean requests, Predicate<byte[]> which) {
        this.requests = requests;
        this.which = which;
    }

    /**
     * Of what clients send.
     *
     * @param which is asked with the message, without its length
     */
    public static MessageDelay ofRequests(Predicate<byte[]> which) {
        return new MessageDelay(true, which);
    }

    /**
     * Of what the server sends.
     *
     * @param which is asked with the message, without its length
     */
    public static MessageDelay ofAnswers(Predicate<byte[]> which) {
        return new MessageDelay(false, which);
    }

    /** Holds back the next message that matches. */
    public synchronized void holdNext() {
        armed = true;
        answered = false;
    }

    /** Whether a message is held back. */
    public synchronized boolean isHolding() {
        return held;
    }

    /** Whether the server has answered to the request that was held back last. */
    public synchronized boolean isAnswered() {
        return answered;
    }

    /** Lets go of what is held back, and waits for no other. */
    public synchronized void release() {
        armed = false;
        held = false;
        notifyAll();
    }

    /** Passes on messages until one side is closed. */
    void pass(InputStream from, OutputStream to, boolean isRequest)
            throws IOException, InterruptedException {
        DataInputStream in = new DataInputStream(from);
        DataOutputStream out = new DataOutputStream(to);
        while (true) {
            byte[] message;
            try {
                message = new byte[in.readInt()];
                in.readFully(message);
            } catch (EOFException over) {
                // who asked may have left, as a client does that has waited for too long
                awaitAnswer(isRequest);
                return;
            }
            boolean waited = isRequest == requests && await(message);
            if (!isRequest) {
                sawAnswer();
            }
            byte[] whole = Arrays.copyOf(length(message.length), 4 + message.length);
            System.arraycopy(message, 0, whole, 4, message.length);
            if (waited && isRequest) {
                owe();
            }
            out.write(whole);
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

    private synchronized void owe() {
        owesAnswer = true;
    }

    private synchronized void sawAnswer() {
        answered |= owesAnswer;
        owesAnswer = false;
        notifyAll();
    }

    private synchronized void awaitAnswer(boolean isRequest) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (isRequest && owesAnswer && System.nanoTime() < deadline) {
            wait(PATIENCE.toMillis());
        }
    }
}
