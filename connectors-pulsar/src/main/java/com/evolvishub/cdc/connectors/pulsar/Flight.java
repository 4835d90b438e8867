package com.evolvishub.cdc.connectors.pulsar;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.PulsarClientException;

/** Messages that were sent and are not yet all acknowledged. */
final class Flight {

    /** A row that the broker alone can refuse. */
    record Refused(Outgoing row, PulsarClientException reason) {}

    private final List<Outgoing> rows = new ArrayList<>();
    private final List<CompletableFuture<MessageId>> answers = new ArrayList<>();
    private final AtomicInteger open = new AtomicInteger(1);
    private final CompletableFuture<Void> landed = new CompletableFuture<>();
    private volatile Throwable failure;
    private volatile long lastAnswer = System.nanoTime();

    void send(Outgoing row, TopicChannel channel) {
        open.incrementAndGet();
        CompletableFuture<MessageId> answer = row.sendBy(channel.producer());
        rows.add(row);
        answers.add(answer);
        var unused =
                answer.whenComplete(
                        (id, error) -> {
                            if (error == null) {
                                channel.wrote(id);
                            } else if (!isRefusal(error)) {
                                failure = error;
                                landed.complete(null);
                            }
                            lastAnswer = System.nanoTime();
                            answered();
                        });
    }

    private void answered() {
        if (open.decrementAndGet() == 0) {
            landed.complete(null);
        }
    }

    /** Nothing more will be sent. */
    CompletableFuture<Void> landing() {
        answered();
        return landed;
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
        return PulsarFailures.unwrapped(error) instanceof PulsarClientException.NotAllowedException;
    }

    /** Rows that the broker has refused while it took others. */
    List<Refused> refused() {
        List<Refused> refused = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            if (answers.get(i).isCompletedExceptionally()) {
                try {
                    answers.get(i).join();
                } catch (RuntimeException e) {
                    Exception reason = PulsarFailures.unwrapped(e);
                    refused.add(new Refused(rows.get(i), (PulsarClientException) reason));
                }
            }
        }
        return refused;
    }

    /** Rows that the broker has taken. */
    List<Outgoing> taken() {
        List<Outgoing> taken = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            if (answers.get(i).isDone() && !answers.get(i).isCompletedExceptionally()) {
                taken.add(rows.get(i));
            }
        }
        return taken;
    }
}
