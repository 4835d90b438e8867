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
 * The records of one batch in flight. Kafka reports each result in its own thread; the first error
 * counts, the others follow from it.
 */
final class PendingSends {

    private final Producer<byte[], byte[]> producer;
    private final AtomicReference<Exception> firstError = new AtomicReference<>();
    private final Map<Integer, Long> first = new ConcurrentHashMap<>();
    private final Map<Integer, Long> last = new ConcurrentHashMap<>();

    PendingSends(Producer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    void send(ProducerRecord<byte[], byte[]> record) throws Exception {
        send(record, (metadata, failure) -> recordFailure(failure));
    }

    /** Sends a row; {@link #last} returns its offset. */
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

    @SuppressWarnings("FutureReturnValueIgnored") // the callback receives the result
    private void send(ProducerRecord<byte[], byte[]> record, Callback callback) throws Exception {
        producer.send(record, callback);
        throwIfFailed();
    }

    private void recordFailure(Exception failure) {
        if (failure != null) {
            firstError.compareAndSet(null, failure);
        }
    }

    /** The lowest offset that a row was assigned, by partition. */
    Map<Integer, Long> first() {
        return Map.copyOf(first);
    }

    /** The highest offset that a row was assigned, by partition. */
    Map<Integer, Long> last() {
        return Map.copyOf(last);
    }

    /**
     * Waits until the brokers have acknowledged all records. Kafka's client has no timeout of its
     * own if an unresponsive broker leaves the request that opens a transaction unanswered: after
     * the timeout this closes the producer, which ends the wait.
     */
    void finish(Duration timeout) throws Exception {
        CompletableFuture<Void> timer =
                CompletableFuture.runAsync(
                        () -> timeOut(timeout),
                        CompletableFuture.delayedExecutor(
                                timeout.toMillis(), TimeUnit.MILLISECONDS));
        try {
            producer.flush();
        } finally {
            timer.cancel(false);
        }
        throwIfFailed();
    }

    private void timeOut(Duration timeout) {
        recordFailure(
                new TimeoutException(
                        "the brokers have not answered for a batch within %d s"
                                .formatted(timeout.toSeconds())));
        producer.close(Duration.ZERO);
    }

    private void throwIfFailed() throws Exception {
        Exception error = firstError.get();
        if (error != null) {
            throw error;
        }
    }

    /** The first error: that of an earlier record, else this failure. */
    Exception first(Exception failure) {
        Exception error = firstError.get();
        return error == null ? failure : error;
    }
}
