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
 * The dead letters of one lane in {@code <topic>.dlq}. A replay writes the message and the mark
 * that the letter is done in one transaction, under a transactional id of the lane's letters: a
 * second replay of the same lane ends the first, and the running job is not disturbed.
 *
 * <p>Whether a newer version came is read from the topic itself. The look goes up to the replayed
 * message's own place in its partition, before the transaction is committed: whatever a running job
 * writes meanwhile is either found or comes behind it.
 *
 * <p>With {@code delivery: at_least_once} there are no transactions: message first, then mark. A
 * letter whose message is found in the topic is only marked, so a crash in between doubles nothing.
 */
public final class KafkaDeadLetterStore implements DeadLetterStore {

    private final KafkaClientSettings settings;
    private final KafkaErrorClassifier failures;
    private final KafkaSession session;
    private final TopicAdmin topics;
    private final String topic;
    private final String letters;
    private final boolean supportsDeadLetters;
    private final KafkaDeadLetterLog log;
    private final DeliveredTailReader tail;
    private final ReplayProducer sends;

    public KafkaDeadLetterStore(Pipeline pipeline) {
        settings = new KafkaClientSettings(pipeline);
        failures = new KafkaErrorClassifier(settings, pipeline);
        session = new KafkaSession(settings);
        topics = new TopicAdmin(session, settings, failures, pipeline);
        topic = pipeline.deliver().destination().table();
        letters = KafkaDeadLetterLog.topicOf(topic);
        supportsDeadLetters = pipeline.deliver().onBadRow() == BadRowPolicy.DEAD_LETTER;
        PartitionReader reads =
                new PartitionReader(
                        session,
                        settings.transactionTimeout()
                                .plus(KafkaClientSettings.TRANSACTION_EXPIRY_DELAY));
        log = new KafkaDeadLetterLog(reads, letters, pipeline.identity());
        tail = new DeliveredTailReader(reads, log);
        sends = new ReplayProducer(session, settings, pipeline);
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

    private void refresh(boolean settled) throws Exception {
        if (log.refresh(partitionsOfLetters(), settled)) {
            tail.restart();
        }
    }

    private List<TopicPartition> partitionsOfLetters() throws Exception {
        try {
            return topics.partitions(letters);
        } catch (TopicAuthorizationException e) {
            if (supportsDeadLetters) {
                throw e;
            }
            // a mapping that puts nothing aside needs no right to look there
            return List.of();
        }
    }

    /** From the first time on nobody else can write marks of this lane. */
    private void ensureOpen() throws Exception {
        boolean first = !sends.isOpen();
        if (first) {
            sends.open(topics.largestMessage());
        }
        refresh(first && settings.usesBatchTransactions());
    }

    private DeadLetter describe(DeadLetterMessage letter) {
        return letter.toDeadLetter(tail.supersededReason(letter));
    }

    @Override
    public Optional<String> replay(DeadLetter wanted, ReplayPolicy rule) throws Exception {
        try {
            ensureOpen();
            Optional<DeadLetterMessage> letter = log.findOpen(wanted.id());
            if (letter.isEmpty()) {
                return Optional.of("it is not there any more");
            }
            Optional<String> reason = letter.get().replayBlocker();
            if (reason.isEmpty()) {
                List<TopicPartition> partitions = topics.partitions(topic);
                if (partitions.isEmpty()) {
                    throw new DestinationException("topic %s: not there".formatted(topic));
                }
                reason = write(letter.get(), rule, partitions);
            }
            if (reason.isEmpty()) {
                log.markDone(letter.get());
            }
            return reason;
        } catch (Exception e) {
            throw describe(e);
        }
    }

    private Optional<String> write(
            DeadLetterMessage letter, ReplayPolicy rule, List<TopicPartition> partitions)
            throws Exception {
        ProducerRecord<byte[], byte[]> mark = mark(letter, "replayed");
        ReplayProducer.FinalCheck look = sent -> Optional.empty();
        if (settings.usesBatchTransactions()) {
            look =
                    sent -> {
                        tail.readUpTo(new TopicPartition(topic, sent.partition()), sent.offset());
                        return refusal(letter, rule);
                    };
        } else {
            tail.readToEnd(partitions);
            if (tail.isDelivered(letter)) {
                sends.send(mark);
                return Optional.empty();
            }
        }
        Optional<String> refused = refusal(letter, rule);
        return refused.isPresent() ? refused : sends.replay(message(letter), mark, look);
    }

    private Optional<String> refusal(DeadLetterMessage letter, ReplayPolicy rule) {
        String newer = tail.supersededReason(letter);
        return newer.isEmpty() || rule == ReplayPolicy.WRITE_SUPERSEDED
                ? Optional.empty()
                : Optional.of(newer);
    }

    private ProducerRecord<byte[], byte[]> message(DeadLetterMessage letter) {
        List<Header> headers = new ArrayList<>();
        letter.messageAttributes()
                .forEach((name, value) -> headers.add(KafkaRecords.header(name, value)));
        return new ProducerRecord<>(
                topic, null, letter.key().orElse(null), letter.payload().orElse(null), headers);
    }

    private ProducerRecord<byte[], byte[]> mark(DeadLetterMessage letter, String outcome) {
        return KafkaDeadLetterLog.outcomeRecord(
                letters, letter, outcome, Clock.systemUTC().instant());
    }

    @Override
    public void drop(DeadLetter wanted) throws Exception {
        try {
            ensureOpen();
            Optional<DeadLetterMessage> letter = log.findOpen(wanted.id());
            if (letter.isPresent()) {
                sends.send(mark(letter.get(), "dropped"));
                log.markDone(letter.get());
            }
        } catch (Exception e) {
            throw describe(e);
        }
    }

    private Exception describe(Exception failure) {
        if (KafkaErrorClassifier.cause(failure) instanceof TopicAuthorizationException refused) {
            String name = refused.unauthorizedTopics().stream().findFirst().orElse(letters);
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
