package com.evolvishub.cdc.connectors.kafka.writer;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * The records of one batch on their way. Kafka answers for each one in a thread of its own; the
 * first refusal counts, the others follow from it.
 */
final class PendingSends {

    private final Producer<byte[], byte[]> producer;
    private final AtomicReference<Exception> refusal = new AtomicReference<>();
    private final Map<Integer, Long> first = new ConcurrentHashMap<>();
    private final Map<Integer, Long> last = new ConcurrentHashMap<>();

    PendingSends(Producer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    void send(ProducerRecord<byte[], byte[]> record) throws Exception {
        send(record, (metadata, failure) -> recordFailure(failure));
    }

    /** Sends a row, whose offset is told by {@link #last}. */
    void sendRow(ProducerRecord<byte[], byte[]> record) throws Exception {
        send(
                record,
                (metadata, failure) -> {
                    recordFailure(failure);
                    if (failure == null && metadata.hasOffset()) {
                        first.merge(metadata.partition(), metadata.offset(), Math::min);
                        last.merge(metadata.partition(), metadata.offset(), Math::max);
                    }
                });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback hears of it
    private void send(ProducerRecord<byte[], byte[]> record, Callback callback) throws Exception {
        producer.send(record, callback);
        stopIfRefused();
    }

    private void recordFailure(Exception failure) {
        if (failure != null) {
            refusal.compareAndSet(null, failure);
        }
    }

    /** The lowest offset that a row was given, by partition. */
    Map<Integer, Long> first() {
        return Map.copyOf(first);
    }

    /** The highest offset that a row was given, by partition. */
    Map<Integer, Long> last() {
        return Map.copyOf(last);
    }

    /**
     * Waits until the brokers have answered for all of them. Kafka's client has no limit of its own
     * where a silent broker leaves the request unanswered that opens a transaction: after the
     * patience the producer is closed, which ends the wait.
     */
    void finish(Duration patience) throws Exception {
        CompletableFuture<Void> watch =
                CompletableFuture.runAsync(
                        () -> timeOut(patience),
                        CompletableFuture.delayedExecutor(
                                patience.toMillis(), TimeUnit.MILLISECONDS));
        try {
            producer.flush();
        } finally {
            watch.cancel(false);
        }
        stopIfRefused();
    }

    private void timeOut(Duration patience) {
        recordFailure(
                new TimeoutException(
                        "the brokers have not answered for a batch within %d s"
                                .formatted(patience.toSeconds())));
        producer.close(Duration.ZERO);
    }

    private void stopIfRefused() throws Exception {
        Exception refused = refusal.get();
        if (refused != null) {
            throw refused;
        }
    }

    /** What was wrong first, of this failure and the refusals. */
    Exception first(Exception failure) {
        Exception refused = refusal.get();
        return refused == null ? failure : refused;
    }
}
