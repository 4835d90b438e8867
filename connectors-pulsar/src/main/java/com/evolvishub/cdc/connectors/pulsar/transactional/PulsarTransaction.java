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
 * <p>With the first message to a partition, the client registers the partition at the transaction
 * coordinator, and appends messages sent meanwhile to a chain of futures (apache/pulsar issue
 * 8925). The client's thread queues these when the coordinator has responded, while the caller
 * queues later ones immediately: later messages could overtake earlier ones. So this waits for the
 * first message to each partition; later ones go directly to the producer's queue, which keeps the
 * order.
 */
final class PulsarTransaction {

    /** Limit of messages in flight, which the task's heap has to hold. */
    private static final long MAX_BYTES_IN_FLIGHT = 16 << 20;

    private static final long POLL_MILLIS = 20;

    private final PulsarSession session;
    private final Topic topic;
    private final Transaction transaction;
    private final long end;
    private final Set<Integer> known = new HashSet<>();
    private final PendingAcks acks = new PendingAcks();
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
     * The partitions of a topic with one producer each. Partitions that are added later are not
     * used.
     */
    static final class Topic {
        private final List<String> partitions;
        private final ProducerFactory factory;
        private final Producer<?>[] producers;

        Topic(List<String> partitions, ProducerFactory factory) {
            this.partitions = List.copyOf(partitions);
            this.factory = factory;
            this.producers = new Producer<?>[partitions.size()];
        }

        private int partitionOf(OutboundMessage row) {
            return row.partition(producers.length);
        }

        @SuppressWarnings("unchecked") // all are created here
        private Producer<byte[]> producer(int partition) throws Exception {
            if (producers[partition] == null) {
                producers[partition] = factory.open(partitions.get(partition));
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
                    // each message has its own future
                    var unused = producer.flushAsync();
                }
            }
        }
    }

    /** Creates the producer of a partition. */
    @FunctionalInterface
    interface ProducerFactory {
        Producer<byte[]> open(String partition) throws Exception;
    }

    /** Begins a transaction at the cluster's coordinator. */
    static PulsarTransaction begin(PulsarSession session, Topic topic, Duration timeout)
            throws Exception {
        // before the coordinator's own deadline
        long end = Clock.systemUTC().millis() + timeout.toMillis();
        return new PulsarTransaction(
                session, topic, new TransactionCoordinatorClient(session).begin(timeout), end);
    }

    /** Sends a row after those that were sent before it. */
    void send(OutboundMessage row) throws Exception {
        int partition = topic.partitionOf(row);
        Producer<byte[]> producer = topic.producer(partition);
        while (acks.bytesInFlight() > MAX_BYTES_IN_FLIGHT) {
            awaitProgress();
        }
        failIfBroken();
        CompletableFuture<MessageId> ack = row.sendBy(producer, transaction);
        acks.expect(ack, row.message().size());
        if (known.add(partition)) {
            // it is queued only after the coordinator has responded
            awaitAll();
        }
        first = first == 0 ? row.number() : first;
        last = row.number();
    }

    /** Waits until the broker has acknowledged all messages. */
    void awaitAll() throws Exception {
        while (acks.bytesInFlight() > 0) {
            topic.flush();
            awaitProgress();
        }
        failIfBroken();
    }

    private void awaitProgress() throws Exception {
        acks.awaitOne(POLL_MILLIS);
        failIfBroken();
        Duration timeout = session.settings().sendTimeout();
        if (acks.nanosSinceLast() > timeout.toNanos()) {
            throw new PulsarClientException.TimeoutException(
                    "the broker did not acknowledge a message within %d ms"
                            .formatted(TimeUnit.NANOSECONDS.toMillis(timeout.toNanos())));
        }
    }

    private void failIfBroken() throws Exception {
        Throwable failure = acks.failure();
        if (failure != null) {
            throw PulsarErrorClassifier.unwrap(failure);
        }
        Optional<String> disconnected = topic.disconnected();
        if (disconnected.isPresent()) {
            throw new PulsarClientException.ConnectException(
                    "the broker has closed the connection for " + disconnected.get());
        }
    }

    /** The transaction as a committable, to be committed with the checkpoint or aborted. */
    PulsarCommittable toCommittable() {
        TxnID id = transaction.getTxnID();
        return new PulsarCommittable(id.getMostSigBits(), id.getLeastSigBits(), first, last, end);
    }

    /** The broker's acknowledgements of sent messages. */
    private static final class PendingAcks {
        private long bytes;
        private long count;
        private long lastAck;
        private Throwable failure;

        private void expect(CompletableFuture<MessageId> ack, long size) {
            synchronized (this) {
                if (bytes == 0) {
                    lastAck = System.nanoTime();
                }
                bytes += size + 1;
            }
            var unused = ack.whenComplete((id, error) -> onAck(size, error));
        }

        private synchronized void onAck(long size, Throwable error) {
            bytes -= size + 1;
            count++;
            lastAck = System.nanoTime();
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

        private synchronized long bytesInFlight() {
            return bytes;
        }

        private synchronized long nanosSinceLast() {
            return System.nanoTime() - lastAck;
        }

        private synchronized Throwable failure() {
            return failure;
        }
    }
}
