package com.evolvishub.cdc.connectors.kafka;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * The records of one batch on their way. Kafka answers for each one in a thread of its own; the
 * first refusal counts, the others follow from it.
 */
final class Sending {

    private final Producer<byte[], byte[]> producer;
    private final AtomicReference<Exception> refusal = new AtomicReference<>();

    Sending(Producer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback hears of it
    void send(ProducerRecord<byte[], byte[]> record) throws Exception {
        producer.send(
                record,
                (metadata, failure) -> {
                    if (failure != null) {
                        refusal.compareAndSet(null, failure);
                    }
                });
        stopIfRefused();
    }

    /** Waits until the brokers have answered for all of them. */
    void finish() throws Exception {
        producer.flush();
        stopIfRefused();
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
