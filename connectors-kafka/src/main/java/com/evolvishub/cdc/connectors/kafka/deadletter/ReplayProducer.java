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

/** Writes replayed messages and marks, in a transaction where the lane's own batches are in one. */
final class ReplayProducer {

    private static final String OF_LETTERS = ":letters";

    private final KafkaSession session;
    private final KafkaClientSettings settings;
    private final String name;
    private Producer<byte[], byte[]> producer;

    ReplayProducer(KafkaSession session, KafkaClientSettings settings, Pipeline pipeline) {
        this.session = session;
        this.settings = settings;
        this.name = KafkaPipelineId.of(pipeline.identity()) + OF_LETTERS;
    }

    boolean isOpen() {
        return producer != null;
    }

    /** Ends what another replay of the lane may have open: what it has committed can be read. */
    void open(OptionalLong largestMessage) throws Exception {
        Producer<byte[], byte[]> made =
                session.producer(
                        largestMessage,
                        settings.usesBatchTransactions() ? Optional.of(name) : Optional.empty());
        if (settings.usesBatchTransactions()) {
            made.initTransactions();
        }
        producer = made;
    }

    /** What keeps a message from being committed now that its place is known; else empty. */
    interface FinalCheck {
        Optional<String> at(RecordMetadata place) throws Exception;
    }

    /**
     * Writes a message and its letter's mark.
     *
     * @return why not; empty: both are there
     */
    Optional<String> replay(
            ProducerRecord<byte[], byte[]> message,
            ProducerRecord<byte[], byte[]> mark,
            FinalCheck look)
            throws Exception {
        begin();
        try {
            Future<RecordMetadata> sent = producer.send(message);
            producer.flush();
            Optional<String> refused = look.at(sent.get());
            if (refused.isPresent()) {
                producer.abortTransaction();
                return refused;
            }
            finish(mark);
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

    /** Writes a mark alone. */
    void send(ProducerRecord<byte[], byte[]> mark) throws Exception {
        begin();
        finish(mark);
    }

    private void begin() {
        if (settings.usesBatchTransactions()) {
            producer.beginTransaction();
        }
    }

    private void finish(ProducerRecord<byte[], byte[]> mark) throws Exception {
        Future<RecordMetadata> sent = producer.send(mark);
        producer.flush();
        sent.get();
        if (settings.usesBatchTransactions()) {
            producer.commitTransaction();
        }
    }
}
