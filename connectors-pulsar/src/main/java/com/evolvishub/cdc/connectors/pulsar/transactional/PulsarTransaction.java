package com.evolvishub.cdc.connectors.pulsar.transactional;

import com.evolvishub.cdc.connectors.pulsar.message.OutboundMessage;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarErrorClassifier;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarSession;
import com.evolvishub.cdc.connectors.pulsar.session.TransactionCoordinatorClient;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.PulsarClientException;
import org.apache.pulsar.client.api.transaction.Transaction;
import org.apache.pulsar.client.api.transaction.TxnID;

/**
 * A transaction that rows are sent in. Used by one thread.
 *
 * <p>The client makes a partition known to the transaction's coordinator with the first message to
 * it, and hangs what is sent meanwhile on a chain of futures (apache/pulsar issue 8925). Its own
 * thread queues these messages when the coordinator has answered, while ours queues the next ones
 * at once: one that is sent later may overtake. So the first message to each partition is waited
 * for, and those behind it go straight into the producer's queue, which keeps its order.
 */
final class PulsarTransaction {

    /** What may be under way: what the task's heap has to hold. */
    private static final long BYTES_UNDER_WAY = 16 << 20;

    private static final long LOOK_MILLIS = 20;

    private final PulsarSession session;
    private final Topic topic;
    private final Transaction transaction;
    private final long end;
    private final Set<Integer> known = new HashSet<>();
    private final PendingAcks answers = new PendingAcks();
    private long first;
    private long last;

    private PulsarTransaction(
            PulsarSession session, Topic topic, Transaction transaction, long end) {
        this.session = session;
        this.topic = topic;
        this.transaction = transaction;
        this.end = end;
    }

    /**
     * The partitions of a topic, and a producer for each. Partitions that are added are not seen.
     */
    static final class Topic {
        private final List<String> partitions;
        private final Producers source;
        private final Producer<?>[] producers;

        Topic(List<String> partitions, Producers source) {
            this.partitions = List.copyOf(partitions);
            this.source = source;
            this.producers = new Producer<?>[partitions.size()];
        }

        private int partitionOf(OutboundMessage row) {
            return row.partition(producers.length);
        }

        @SuppressWarnings("unchecked") // all are made here
        private Producer<byte[]> producer(int partition) throws Exception {
            if (producers[partition] == null) {
                producers[partition] = source.open(partitions.get(partition));
            }
            return (Producer<byte[]>) producers[partition];
        }

        private Optional<String> disconnected() {
            for (Producer<?> producer : producers) {
                if (producer != null && !producer.isConnected()) {
                    return Optional.of(producer.getTopic());
                }
            }
            return Optional.empty();
        }

        private void flush() {
            for (Producer<?> producer : producers) {
                if (producer != null) {
                    // each message has a future of its own
                    var unused = producer.flushAsync();
                }
            }
        }
    }

    /** Makes the producer of a partition. */
    @FunctionalInterface
    interface Producers {
        Producer<byte[]> open(String partition) throws Exception;
    }

    /** Asks the cluster's coordinator for a transaction. */
    static PulsarTransaction begin(PulsarSession session, Topic topic, Duration timeout)
            throws Exception {
        // earlier than the coordinator's own count
        long end = Clock.systemUTC().millis() + timeout.toMillis();
        return new PulsarTransaction(
                session, topic, new TransactionCoordinatorClient(session).begin(timeout), end);
    }

    /** Sends a row behind those that were sent before it. */
    void send(OutboundMessage row) throws Exception {
        int partition = topic.partitionOf(row);
        Producer<byte[]> producer = topic.producer(partition);
        while (answers.bytesUnderWay() > BYTES_UNDER_WAY) {
            awaitProgress();
        }
        failIfBroken();
        CompletableFuture<MessageId> answer = row.sendBy(producer, transaction);
        answers.expect(answer, row.message().size());
        if (known.add(partition)) {
            // it is queued only when the coordinator has answered
            awaitAll();
        }
        first = first == 0 ? row.number() : first;
        last = row.number();
    }

    /** Waits until the broker has all that was sent. */
    void awaitAll() throws Exception {
        while (answers.bytesUnderWay() > 0) {
            topic.flush();
            awaitProgress();
        }
        failIfBroken();
    }

    private void awaitProgress() throws Exception {
        answers.awaitOne(LOOK_MILLIS);
        failIfBroken();
        Duration patience = session.settings().sendTimeout();
        if (answers.nanosSinceLast() > patience.toNanos()) {
            throw new PulsarClientException.TimeoutException(
                    "the broker did not acknowledge a message within %d ms"
                            .formatted(TimeUnit.NANOSECONDS.toMillis(patience.toNanos())));
        }
    }

    private void failIfBroken() throws Exception {
        Throwable failure = answers.failure();
        if (failure != null) {
            throw PulsarErrorClassifier.unwrap(failure);
        }
        Optional<String> disconnected = topic.disconnected();
        if (disconnected.isPresent()) {
            throw new PulsarClientException.ConnectException(
                    "the broker has closed the connection for " + disconnected.get());
        }
    }

    /** What is to be committed with the checkpoint, or given up. */
    PulsarCommittable toCommittable() {
        TxnID id = transaction.getTxnID();
        return new PulsarCommittable(id.getMostSigBits(), id.getLeastSigBits(), first, last, end);
    }

    /** Those of the broker to messages that were sent. */
    private static final class PendingAcks {
        private long bytes;
        private long count;
        private long lastAnswer;
        private Throwable failure;

        private void expect(CompletableFuture<MessageId> answer, long size) {
            synchronized (this) {
                if (bytes == 0) {
                    lastAnswer = System.nanoTime();
                }
                bytes += size + 1;
            }
            var unused = answer.whenComplete((id, error) -> answered(size, error));
        }

        private synchronized void answered(long size, Throwable error) {
            bytes -= size + 1;
            count++;
            lastAnswer = System.nanoTime();
            if (error != null && failure == null) {
                failure = error;
            }
            notifyAll();
        }

        private synchronized void awaitOne(long millis) throws InterruptedException {
            long before = count;
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            long left = millis;
            while (bytes > 0 && count == before && left > 0) {
                wait(left);
                left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            }
        }

        private synchronized long bytesUnderWay() {
            return bytes;
        }

        private synchronized long nanosSinceLast() {
            return System.nanoTime() - lastAnswer;
        }

        private synchronized Throwable failure() {
            return failure;
        }
    }
}
