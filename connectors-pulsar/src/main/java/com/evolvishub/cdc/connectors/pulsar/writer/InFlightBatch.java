package com.evolvishub.cdc.connectors.pulsar.writer;

import com.evolvishub.cdc.connectors.pulsar.message.OutboundMessage;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarErrorClassifier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.PulsarClientException;

/** Messages that were sent and are not yet all acknowledged. */
final class InFlightBatch {

    /** A row that the broker alone can refuse. */
    record Rejected(OutboundMessage row, PulsarClientException reason) {}

    private final List<OutboundMessage> rows = new ArrayList<>();
    private final List<CompletableFuture<MessageId>> answers = new ArrayList<>();
    private final AtomicInteger open = new AtomicInteger(1);
    private final CompletableFuture<Void> completed = new CompletableFuture<>();
    private volatile Throwable failure;
    private volatile long lastAnswer = System.nanoTime();

    void send(OutboundMessage row, PartitionChannel channel) {
        open.incrementAndGet();
        CompletableFuture<MessageId> answer = row.sendBy(channel.producer());
        rows.add(row);
        answers.add(answer);
        var unused =
                answer.whenComplete(
                        (id, error) -> {
                            if (error == null) {
                                channel.onWritten(id);
                            } else if (!isRefusal(error)) {
                                failure = error;
                                completed.complete(null);
                            }
                            lastAnswer = System.nanoTime();
                            answered();
                        });
    }

    private void answered() {
        if (open.decrementAndGet() == 0) {
            completed.complete(null);
        }
    }

    /** Nothing more will be sent. */
    CompletableFuture<Void> completion() {
        answered();
        return completed;
    }

    /** Whether one was not taken: what is sent after it could overtake it. */
    boolean isBroken() {
        return failure != null;
    }

    /** What went wrong; null: nothing. */
    Throwable failure() {
        return failure;
    }

    long nanosSinceLastAnswer() {
        return System.nanoTime() - lastAnswer;
    }

    private static boolean isRefusal(Throwable error) {
        return PulsarErrorClassifier.unwrap(error)
                instanceof PulsarClientException.NotAllowedException;
    }

    /** Rows that the broker has refused while it took others. */
    List<Rejected> rejected() {
        List<Rejected> refused = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            if (answers.get(i).isCompletedExceptionally()) {
                try {
                    answers.get(i).join();
                } catch (RuntimeException e) {
                    Exception reason = PulsarErrorClassifier.unwrap(e);
                    refused.add(new Rejected(rows.get(i), (PulsarClientException) reason));
                }
            }
        }
        return refused;
    }

    /** Rows that the broker has taken. */
    List<OutboundMessage> acknowledged() {
        List<OutboundMessage> taken = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            if (answers.get(i).isDone() && !answers.get(i).isCompletedExceptionally()) {
                taken.add(rows.get(i));
            }
        }
        return taken;
    }
}
