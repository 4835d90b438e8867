package com.evolvishub.cdc.connectors.kafka.deadletter;

import com.evolvishub.cdc.connectors.kafka.error.KafkaErrorClassifier;
import com.evolvishub.cdc.connectors.kafka.message.KafkaRecords;
import com.evolvishub.cdc.connectors.kafka.session.KafkaClientSettings;
import com.evolvishub.cdc.connectors.kafka.session.KafkaSession;
import com.evolvishub.cdc.connectors.kafka.topic.TopicAdmin;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.BadRowPolicy;
import com.evolvishub.cdc.sink.deadletter.DeadLetter;
import com.evolvishub.cdc.sink.deadletter.DeadLetterMessage;
import com.evolvishub.cdc.sink.deadletter.DeadLetterStore;
import com.evolvishub.cdc.sink.deadletter.ReplayPolicy;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.failure.FailureKind;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.header.Header;

/**
 * The dead letters of one pipeline in {@code <topic>.dlq}. A replay writes the message and the
 * outcome record in one transaction, under a transactional id for the pipeline's dead letters: a
 * second replay of the same pipeline fences the first, and the running job is not affected.
 *
 * <p>The topic itself shows whether a newer version was delivered. The check reads up to the offset
 * of the replayed message in its partition, before the transaction is committed: a row that a
 * running job writes meanwhile is either found or comes after it.
 *
 * <p>With {@code delivery: at_least_once} there are no transactions: the message is written first,
 * then the outcome record. If the message is already in the topic, only the outcome record is
 * written, so that a crash between the two duplicates nothing.
 */
public final class KafkaDeadLetterStore implements DeadLetterStore {

    private final KafkaClientSettings settings;
    private final KafkaErrorClassifier failures;
    private final KafkaSession session;
    private final TopicAdmin topics;
    private final String topic;
    private final String deadLetterTopic;
    private final boolean supportsDeadLetters;
    private final KafkaDeadLetterLog log;
    private final DeliveredTailReader tail;
    private final ReplayProducer producer;

    public KafkaDeadLetterStore(Pipeline pipeline) {
        settings = new KafkaClientSettings(pipeline);
        failures = new KafkaErrorClassifier(settings, pipeline);
        session = new KafkaSession(settings);
        topics = new TopicAdmin(session, settings, failures, pipeline);
        topic = pipeline.deliver().destination().table();
        deadLetterTopic = KafkaDeadLetterLog.topicOf(topic);
        supportsDeadLetters = pipeline.deliver().onBadRow() == BadRowPolicy.DEAD_LETTER;
        PartitionReader reader =
                new PartitionReader(
                        session,
                        settings.transactionTimeout()
                                .plus(KafkaClientSettings.TRANSACTION_EXPIRY_DELAY));
        log = new KafkaDeadLetterLog(reader, deadLetterTopic, pipeline.identity());
        tail = new DeliveredTailReader(reader, log);
        producer = new ReplayProducer(session, settings, pipeline);
    }

    @Override
    public List<DeadLetter> listAfter(String id, int atMost) throws Exception {
        try {
            refresh(false);
            return log.openAfter(id, atMost).stream().map(this::describe).toList();
        } catch (Exception e) {
            throw describe(e);
        }
    }

    @Override
    public Optional<DeadLetter> find(String id) throws Exception {
        try {
            refresh(false);
            return log.findOpen(id).map(this::describe);
        } catch (Exception e) {
            throw describe(e);
        }
    }

    private void refresh(boolean awaitOpenTransactions) throws Exception {
        if (log.refresh(deadLetterPartitions(), awaitOpenTransactions)) {
            tail.restart();
        }
    }

    private List<TopicPartition> deadLetterPartitions() throws Exception {
        try {
            return topics.partitions(deadLetterTopic);
        } catch (TopicAuthorizationException e) {
            if (supportsDeadLetters) {
                throw e;
            }
            // a mapping without dead letters needs no right to read the topic
            return List.of();
        }
    }

    /** From the first call on, no other process can write outcome records of this pipeline. */
    private void ensureOpen() throws Exception {
        boolean first = !producer.isOpen();
        if (first) {
            producer.open(topics.largestMessage());
        }
        refresh(first && settings.usesBatchTransactions());
    }

    private DeadLetter describe(DeadLetterMessage deadLetter) {
        return deadLetter.toDeadLetter(tail.supersededReason(deadLetter));
    }

    @Override
    public Optional<String> replay(DeadLetter wanted, ReplayPolicy rule) throws Exception {
        try {
            ensureOpen();
            Optional<DeadLetterMessage> deadLetter = log.findOpen(wanted.id());
            if (deadLetter.isEmpty()) {
                return Optional.of("it is not there any more");
            }
            Optional<String> reason = deadLetter.get().replayBlocker();
            if (reason.isEmpty()) {
                List<TopicPartition> partitions = topics.partitions(topic);
                if (partitions.isEmpty()) {
                    throw new DestinationException("topic %s: not there".formatted(topic));
                }
                reason = write(deadLetter.get(), rule, partitions);
            }
            if (reason.isEmpty()) {
                log.markDone(deadLetter.get());
            }
            return reason;
        } catch (Exception e) {
            throw describe(e);
        }
    }

    private Optional<String> write(
            DeadLetterMessage deadLetter, ReplayPolicy rule, List<TopicPartition> partitions)
            throws Exception {
        ProducerRecord<byte[], byte[]> outcomeRecord = outcomeRecord(deadLetter, "replayed");
        ReplayProducer.FinalCheck finalCheck = sent -> Optional.empty();
        if (settings.usesBatchTransactions()) {
            finalCheck =
                    sent -> {
                        tail.readUpTo(new TopicPartition(topic, sent.partition()), sent.offset());
                        return rejectionReason(deadLetter, rule);
                    };
        } else {
            tail.readToEnd(partitions);
            if (tail.isDelivered(deadLetter)) {
                producer.send(outcomeRecord);
                return Optional.empty();
            }
        }
        Optional<String> rejection = rejectionReason(deadLetter, rule);
        return rejection.isPresent()
                ? rejection
                : producer.replay(message(deadLetter), outcomeRecord, finalCheck);
    }

    private Optional<String> rejectionReason(DeadLetterMessage deadLetter, ReplayPolicy rule) {
        String newer = tail.supersededReason(deadLetter);
        return newer.isEmpty() || rule == ReplayPolicy.WRITE_SUPERSEDED
                ? Optional.empty()
                : Optional.of(newer);
    }

    private ProducerRecord<byte[], byte[]> message(DeadLetterMessage deadLetter) {
        List<Header> headers = new ArrayList<>();
        deadLetter
                .messageAttributes()
                .forEach((name, value) -> headers.add(KafkaRecords.header(name, value)));
        return new ProducerRecord<>(
                topic,
                null,
                deadLetter.key().orElse(null),
                deadLetter.payload().orElse(null),
                headers);
    }

    private ProducerRecord<byte[], byte[]> outcomeRecord(
            DeadLetterMessage deadLetter, String outcome) {
        return KafkaDeadLetterLog.outcomeRecord(
                deadLetterTopic, deadLetter, outcome, Clock.systemUTC().instant());
    }

    @Override
    public void drop(DeadLetter wanted) throws Exception {
        try {
            ensureOpen();
            Optional<DeadLetterMessage> deadLetter = log.findOpen(wanted.id());
            if (deadLetter.isPresent()) {
                producer.send(outcomeRecord(deadLetter.get(), "dropped"));
                log.markDone(deadLetter.get());
            }
        } catch (Exception e) {
            throw describe(e);
        }
    }

    private Exception describe(Exception failure) {
        if (KafkaErrorClassifier.cause(failure) instanceof TopicAuthorizationException denied) {
            String name = denied.unauthorizedTopics().stream().findFirst().orElse(deadLetterTopic);
            return new DestinationException(
                    ("kafka at %s: user \"%s\" has no right to read and write topic %s; allow it:"
                                    + " kafka-acls --add --allow-principal User:%s --operation Read"
                                    + " --operation Write --topic %s")
                            .formatted(
                                    settings.servers(),
                                    settings.username(),
                                    name,
                                    settings.username(),
                                    name),
                    failure);
        }
        if (KafkaErrorClassifier.isProducerLost(failure)) {
            return new DestinationException(
                    "another replay or drop of this mapping's dead letters has begun, or this one took longer than transaction_timeout_seconds (%d); nothing was written by halves"
                            .formatted(settings.transactionTimeout().toSeconds()),
                    failure);
        }
        return failures.describe(failure);
    }

    @Override
    public FailureKind classify(Exception failure) {
        return failure instanceof DestinationException
                ? FailureKind.PERMANENT
                : KafkaErrorClassifier.classify(failure);
    }

    @Override
    public void close() {
        session.close();
    }
}
