package com.evolvishub.cdc.connectors.kafka;

import com.evolvishub.cdc.delivery.BusLetter;
import com.evolvishub.cdc.delivery.DeadLetter;
import com.evolvishub.cdc.delivery.DeadLetters;
import com.evolvishub.cdc.delivery.DestinationException;
import com.evolvishub.cdc.delivery.Failure;
import com.evolvishub.cdc.delivery.ReplayRule;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.OnBadRow;
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
final class KafkaDeadLetters implements DeadLetters {

    private final ClientSettings settings;
    private final KafkaFailures failures;
    private final KafkaSession session;
    private final Topics topics;
    private final String topic;
    private final String letters;
    private final boolean keepsLetters;
    private final LetterLog log;
    private final LetterTail tail;
    private final LetterSends sends;

    KafkaDeadLetters(Pipeline pipeline) {
        settings = new ClientSettings(pipeline);
        failures = new KafkaFailures(settings, pipeline);
        session = new KafkaSession(settings);
        topics = new Topics(session, settings, failures, pipeline);
        topic = pipeline.deliver().destination().table();
        letters = LetterLog.topicOf(topic);
        keepsLetters = pipeline.deliver().onBadRow() == OnBadRow.DEAD_LETTER;
        PartitionReads reads =
                new PartitionReads(
                        session, settings.transactionTimeout().plus(KafkaBusClient.BROKER_LOOKS));
        log = new LetterLog(reads, letters, pipeline.identity());
        tail = new LetterTail(reads, log);
        sends = new LetterSends(session, settings, pipeline);
    }

    @Override
    public List<DeadLetter> after(String id, int atMost) throws Exception {
        try {
            refresh(false);
            return log.openAfter(id, atMost).stream().map(this::told).toList();
        } catch (Exception e) {
            throw told(e);
        }
    }

    @Override
    public Optional<DeadLetter> find(String id) throws Exception {
        try {
            refresh(false);
            return log.open(id).map(this::told);
        } catch (Exception e) {
            throw told(e);
        }
    }

    private void refresh(boolean settled) throws Exception {
        if (log.refresh(partitionsOfLetters(), settled)) {
            tail.startAgain();
        }
    }

    private List<TopicPartition> partitionsOfLetters() throws Exception {
        try {
            return topics.partitions(letters);
        } catch (TopicAuthorizationException e) {
            if (keepsLetters) {
                throw e;
            }
            // a mapping that puts nothing aside needs no right to look there
            return List.of();
        }
    }

    /** From the first time on nobody else can write marks of this lane. */
    private void makeReady() throws Exception {
        boolean first = !sends.isOpen();
        if (first) {
            sends.open(topics.largestMessage());
        }
        refresh(first && settings.transactional());
    }

    private DeadLetter told(BusLetter letter) {
        return letter.told(tail.newerThan(letter));
    }

    @Override
    public Optional<String> replay(DeadLetter wanted, ReplayRule rule) throws Exception {
        try {
            makeReady();
            Optional<BusLetter> letter = log.open(wanted.id());
            if (letter.isEmpty()) {
                return Optional.of("it is not there any more");
            }
            Optional<String> reason = letter.get().hindrance();
            if (reason.isEmpty()) {
                List<TopicPartition> partitions = topics.partitions(topic);
                if (partitions.isEmpty()) {
                    throw new DestinationException("topic %s: not there".formatted(topic));
                }
                reason = write(letter.get(), rule, partitions);
            }
            if (reason.isEmpty()) {
                log.isDone(letter.get());
            }
            return reason;
        } catch (Exception e) {
            throw told(e);
        }
    }

    private Optional<String> write(
            BusLetter letter, ReplayRule rule, List<TopicPartition> partitions) throws Exception {
        ProducerRecord<byte[], byte[]> mark = mark(letter, "replayed");
        LetterSends.LastLook look = sent -> Optional.empty();
        if (settings.transactional()) {
            look =
                    sent -> {
                        tail.readUpTo(new TopicPartition(topic, sent.partition()), sent.offset());
                        return refusal(letter, rule);
                    };
        } else {
            tail.readToEnd(partitions);
            if (tail.isThere(letter)) {
                sends.send(mark);
                return Optional.empty();
            }
        }
        Optional<String> refused = refusal(letter, rule);
        return refused.isPresent() ? refused : sends.replay(message(letter), mark, look);
    }

    private Optional<String> refusal(BusLetter letter, ReplayRule rule) {
        String newer = tail.newerThan(letter);
        return newer.isEmpty() || rule == ReplayRule.WRITE_SUPERSEDED
                ? Optional.empty()
                : Optional.of(newer);
    }

    private ProducerRecord<byte[], byte[]> message(BusLetter letter) {
        List<Header> headers = new ArrayList<>();
        letter.messageAttributes()
                .forEach((name, value) -> headers.add(Messages.header(name, value)));
        return new ProducerRecord<>(
                topic, null, letter.key().orElse(null), letter.payload().orElse(null), headers);
    }

    private ProducerRecord<byte[], byte[]> mark(BusLetter letter, String outcome) {
        return LetterLog.mark(letters, letter, outcome, Clock.systemUTC().instant());
    }

    @Override
    public void drop(DeadLetter wanted) throws Exception {
        try {
            makeReady();
            Optional<BusLetter> letter = log.open(wanted.id());
            if (letter.isPresent()) {
                sends.send(mark(letter.get(), "dropped"));
                log.isDone(letter.get());
            }
        } catch (Exception e) {
            throw told(e);
        }
    }

    private Exception told(Exception failure) {
        if (KafkaFailures.cause(failure) instanceof TopicAuthorizationException refused) {
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
        if (KafkaFailures.isLost(failure)) {
            return new DestinationException(
                    "another replay or drop of this mapping's dead letters has begun, or this one took longer than transaction_timeout_seconds (%d); nothing was written by halves"
                            .formatted(settings.transactionTimeout().toSeconds()),
                    failure);
        }
        return failures.told(failure);
    }

    @Override
    public Failure classify(Exception failure) {
        return failure instanceof DestinationException
                ? Failure.PERMANENT
                : KafkaFailures.classify(failure);
    }

    @Override
    public void close() {
        session.close();
    }
}
