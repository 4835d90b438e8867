package com.evolvishub.cdc.connectors.kafka.deadletter;

import com.evolvishub.cdc.connectors.kafka.error.KafkaErrorClassifier;
import com.evolvishub.cdc.connectors.kafka.session.KafkaClientSettings;
import com.evolvishub.cdc.connectors.kafka.session.KafkaPipelineId;
import com.evolvishub.cdc.connectors.kafka.session.KafkaSession;
import com.evolvishub.cdc.planner.physical.Pipeline;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Writes replayed messages and outcome records, in a transaction if the pipeline's batches use
 * transactions.
 */
final class ReplayProducer {

    private static final String DEAD_LETTERS_SUFFIX = ":letters";

    private final KafkaSession session;
    private final KafkaClientSettings settings;
    private final String name;
    private Producer<byte[], byte[]> producer;

    ReplayProducer(KafkaSession session, KafkaClientSettings settings, Pipeline pipeline) {
        this.session = session;
        this.settings = settings;
        this.name = KafkaPipelineId.of(pipeline.identity()) + DEAD_LETTERS_SUFFIX;
    }

    boolean isOpen() {
        return producer != null;
    }

    /** Fences another replay of the pipeline; what it has committed can be read afterwards. */
    void open(OptionalLong largestMessage) throws Exception {
        Producer<byte[], byte[]> created =
                session.producer(
                        largestMessage,
                        settings.usesBatchTransactions() ? Optional.of(name) : Optional.empty());
        if (settings.usesBatchTransactions()) {
            created.initTransactions();
        }
        producer = created;
    }

    /** Decides, once the offset of a message is known, why it must not be committed; else empty. */
    interface FinalCheck {
        Optional<String> at(RecordMetadata metadata) throws Exception;
    }

    /**
     * Writes a message and the outcome record of its dead letter.
     *
     * @return why nothing was written; empty: both were written
     */
    Optional<String> replay(
            ProducerRecord<byte[], byte[]> message,
            ProducerRecord<byte[], byte[]> outcome,
            FinalCheck finalCheck)
            throws Exception {
        begin();
        try {
            Future<RecordMetadata> sent = producer.send(message);
            producer.flush();
            Optional<String> rejection = finalCheck.at(sent.get());
            if (rejection.isPresent()) {
                producer.abortTransaction();
                return rejection;
            }
            finish(outcome);
            return Optional.empty();
        } catch (Exception e) {
            if (!KafkaErrorClassifier.isRowRejected(e)) {
                throw e;
            }
            if (settings.usesBatchTransactions()) {
                producer.abortTransaction();
            }
            return Optional.of("refused again: " + KafkaErrorClassifier.cause(e).getMessage());
        }
    }

    /** Writes an outcome record alone. */
    void send(ProducerRecord<byte[], byte[]> outcome) throws Exception {
        begin();
        finish(outcome);
    }

    private void begin() {
        if (settings.usesBatchTransactions()) {
            producer.beginTransaction();
        }
    }

    private void finish(ProducerRecord<byte[], byte[]> outcome) throws Exception {
        Future<RecordMetadata> sent = producer.send(outcome);
        producer.flush();
        sent.get();
        if (settings.usesBatchTransactions()) {
            producer.commitTransaction();
        }
    }
}
