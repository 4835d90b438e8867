package com.evolvishub.cdc.connectors.pulsar.writer;

import com.evolvishub.cdc.connectors.pulsar.message.OutboundMessage;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarErrorClassifier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.PulsarClientException;

/** Messages that were sent and are not all acknowledged yet. */
final class InFlightBatch {

    /** A row that only the broker could reject. */
    record Rejected(OutboundMessage row, PulsarClientException reason) {}

    private final List<OutboundMessage> rows = new ArrayList<>();
    private final List<CompletableFuture<MessageId>> acks = new ArrayList<>();
    private final AtomicInteger pending = new AtomicInteger(1);
    private final CompletableFuture<Void> completed = new CompletableFuture<>();
    private volatile Throwable failure;
    private volatile long lastAck = System.nanoTime();

    void send(OutboundMessage row, PartitionChannel channel) {
        pending.incrementAndGet();
        CompletableFuture<MessageId> ack = row.sendBy(channel.producer());
        rows.add(row);
        acks.add(ack);
        var unused =
                ack.whenComplete(
                        (id, error) -> {
                            if (error == null) {
                                channel.onWritten(id);
                            } else if (!isRejection(error)) {
                                failure = error;
                                completed.complete(null);
                            }
                            lastAck = System.nanoTime();
                            onAck();
                        });
    }

    private void onAck() {
        if (pending.decrementAndGet() == 0) {
            completed.complete(null);
        }
    }

    /** Completes once all are acknowledged; no message may be sent after this call. */
    CompletableFuture<Void> completion() {
        onAck();
        return completed;
    }

    /** Whether sending a message failed: later messages could overtake it. */
    boolean isBroken() {
        return failure != null;
    }

    /** The first error; null: none. */
    Throwable failure() {
        return failure;
    }

    long nanosSinceLastAck() {
        return System.nanoTime() - lastAck;
    }

    private static boolean isRejection(Throwable error) {
        return PulsarErrorClassifier.unwrap(error)
                instanceof PulsarClientException.NotAllowedException;
    }

    /** Rows that the broker has rejected while it accepted others. */
    List<Rejected> rejected() {
        List<Rejected> result = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            if (acks.get(i).isCompletedExceptionally()) {
                try {
                    acks.get(i).join();
                } catch (RuntimeException e) {
                    Exception reason = PulsarErrorClassifier.unwrap(e);
                    result.add(new Rejected(rows.get(i), (PulsarClientException) reason));
                }
            }
        }
        return result;
    }

    /** Rows that the broker has acknowledged. */
    List<OutboundMessage> acknowledged() {
        List<OutboundMessage> result = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            if (acks.get(i).isDone() && !acks.get(i).isCompletedExceptionally()) {
                result.add(rows.get(i));
            }
        }
        return result;
    }
}
