package com.evolvishub.cdc.connectors.kafka;

import com.evolvishub.cdc.delivery.BadRowException;
import com.evolvishub.cdc.delivery.DestinationClient;
import com.evolvishub.cdc.delivery.DestinationException;
import com.evolvishub.cdc.delivery.Failure;
import com.evolvishub.cdc.delivery.FencedException;
import com.evolvishub.cdc.delivery.Lane;
import com.evolvishub.cdc.delivery.LaneOpening;
import com.evolvishub.cdc.delivery.Progress;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.flow.Target;
import com.evolvishub.cdc.payload.BusMessage;
import com.evolvishub.cdc.payload.MessageEncoder;
import com.evolvishub.cdc.payload.MessageEncoders;
import com.evolvishub.cdc.payload.Oversize;
import com.evolvishub.cdc.payload.PayloadException;
import com.evolvishub.cdc.planner.physical.Pipeline;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * One lane into one topic. Each batch is one transaction of the lane's own transactional id, which
 * holds the rows and the lane's entry in the {@link Ledger}. Kafka refuses a producer whose id was
 * taken by another one, and also one that was too slow; which of both it was, the ledger tells.
 *
 * <p>With {@code delivery: at_least_once} there are no transactions, no ledger and no fence: each
 * batch is sent and waited for.
 */
final class KafkaBusClient implements DestinationClient {

    // the broker looks for transactions that are over time every 10 s
    static final Duration BROKER_LOOKS = Duration.ofSeconds(15);

    private final Pipeline pipeline;
    private final MessageEncoder encoder;
    private final String topic;
    private final ClientSettings settings;
    private final KafkaFailures failures;
    private final KafkaSession session;
    private final Topics topics;
    private final TopicGuard guard;
    private final TopicRisks risks;
    private final PartitionWatch partitions;
    private String name = "";
    private OptionalLong largestMessage = OptionalLong.empty();
    private Ledger ledger;
    private Producer<byte[], byte[]> producer;
    private LedgerEntry entry = LedgerEntry.NONE;

    KafkaBusClient(Pipeline pipeline, MessageEncoder encoder) {
        this.pipeline = pipeline;
        this.encoder = encoder;
        this.topic = pipeline.deliver().destination().table();
        this.settings = new ClientSettings(pipeline);
        this.failures = new KafkaFailures(settings, pipeline);
        this.session = new KafkaSession(settings);
        this.topics = new Topics(session, settings, failures, pipeline);
        this.guard = new TopicGuard(session, topics, topic, pipeline.mapping());
        this.risks = new TopicRisks(topics, settings, pipeline);
        this.partitions = new PartitionWatch(pipeline.mapping(), topic);
    }

    @Override
    public LaneOpening open(Lane lane) throws Exception {
        try {
            refuse(settings.problems());
            String there = topics.identity(topic);
            Target target = new Target(!there.isEmpty(), List.of());
            largestMessage = topics.largestMessage();
            if (!settings.transactional()) {
                producer = session.producer(largestMessage, Optional.empty());
                risks.tell(lane);
                return new LaneOpening(lane.runEpoch() + 1, Progress.NONE, target);
            }
            Progress found = take(lane, there);
            risks.tell(lane);
            return new LaneOpening(entry.epoch(), found, target);
        } catch (Exception e) {
            throw failures.told(e);
        }
    }

    private Progress take(Lane lane, String there) throws Exception {
        topics.prepareLedger();
        name = LaneName.of(lane.identity());
        ledger = new Ledger(session, name, settings.transactionTimeout().plus(BROKER_LOOKS));
        // first without a change: whoever may not take the lane must not disturb its holder
        ledger.shown().takenBy(lane);
        initialize();
        // nobody else can write this lane from here on, and what was open of it was ended
        LedgerEntry before = ledger.settled();
        LedgerEntry taken = before.takenBy(lane);
        if (guard.takesAny()) {
            taken = taken.at(before.number(), PartitionEnds.NONE);
        } else if (!taken.ends().offsets().isEmpty()) {
            guard.admit();
            guard.checkEnds(before);
        }
        producer.beginTransaction();
        var written = producer.send(ledger.record(taken));
        producer.commitTransaction();
        // a rival that looks has to find it
        ledger.awaitCommittedUpTo(written.get().offset() + 1);
        Progress found = guard.counted(before, taken.incarnation(), there, lane);
        // the ledger keeps what it says until the first batch: no topic was written to yet
        entry =
                found.number() < before.number()
                        ? taken.backTo(
                                found.number(),
                                lane.numberingAfter(found.number(), before.numbering()))
                        : taken;
        return found;
    }

    @Override
    public void expect(Progress acknowledged) {
        guard.expect(acknowledged);
    }

    @Override
    public String targetIdentity() {
        return guard.identity();
    }

    @Override
    public Duration writeTimeout() {
        return settings.transactional()
                ? settings.transactionTimeout()
                : settings.longestDelivery();
    }

    private void initialize() throws Exception {
        producer = session.producer(largestMessage, Optional.of(name));
        producer.initTransactions();
    }

    @Override
    public List<String> check(RowSchema schema) throws Exception {
        try {
            List<String> problems = new ArrayList<>(MessageEncoders.problems(pipeline, schema));
            problems.addAll(topics.problems());
            risks.compactedWithoutKey(schema).ifPresent(problems::add);
            return problems;
        } catch (Exception e) {
            throw failures.told(e);
        }
    }

    @Override
    public List<String> notes(RowSchema schema) throws Exception {
        try {
            return risks.all();
        } catch (Exception e) {
            throw failures.told(e);
        }
    }

    @Override
    public void prepare(RowSchema schema) throws Exception {
        refuse(MessageEncoders.problems(pipeline, schema));
        try {
            refuse(risks.compactedWithoutKey(schema).stream().toList());
            guard.admit();
            topics.prepare(topic);
            guard.admit();
            entry = entry.writingTo(guard.identity());
        } catch (Exception e) {
            throw failures.told(e);
        }
    }

    private static void refuse(List<String> problems) throws DestinationException {
        if (!problems.isEmpty()) {
            throw new DestinationException(String.join("\n", problems));
        }
    }

    @Override
    public void write(List<ChangeRow> rows) throws Exception {
        long last = rows.get(rows.size() - 1).sequence();
        Sending sending = new Sending(producer);
        try {
            partitions.look(producer);
            begin();
            for (ChangeRow row : rows) {
                sending.sendRow(Messages.record(topic, encoder.encode(row)));
            }
            commit(sending, last);
        } catch (PayloadException e) {
            abort();
            throw new BadRowException(e.getMessage(), e);
        } catch (Exception e) {
            throw failed(sending, e, rows);
        }
    }

    private void begin() {
        if (settings.transactional()) {
            producer.beginTransaction();
        }
    }

    private void commit(Sending sending, long last) throws Exception {
        if (!settings.transactional()) {
            sending.finish(settings.patience());
            return;
        }
        // of the batches before: the offsets of this one are not known yet
        sending.send(ledger.record(entry.at(last, entry.ends())));
        sending.finish(settings.patience());
        refuseWhatWentBack(sending);
        producer.commitTransaction();
        entry = entry.at(last, entry.ends().with(sending.last()));
    }

    /** A topic that was made anew while rows flow gives offsets out a second time. */
    private void refuseWhatWentBack(Sending sending) {
        Map<Integer, Long> ends = entry.ends().offsets();
        sending.first()
                .forEach(
                        (partition, offset) -> {
                            if (offset <= ends.getOrDefault(partition, -1L)) {
                                throw new KafkaException(
                                        "partition %d of topic %s went back to offset %d"
                                                .formatted(partition, topic, offset));
                            }
                        });
    }

    private void abort() throws Exception {
        try {
            if (settings.transactional()) {
                endByNewEpoch();
            } else {
                producer.flush();
            }
        } catch (FencedException e) {
            throw e;
        } catch (Exception e) {
            throw failed(new Sending(producer), e, List.of());
        }
    }

    /**
     * Ends the open transaction by opening the lane's transactional id again, not by {@code
     * abortTransaction}. The coordinator then ends it with a higher epoch of the producer, which
     * every partition of it learns: a request of it that is still on its way is refused when it
     * arrives. By {@code abortTransaction} it would join the next transaction, at brokers that do
     * not ask whose it is (KIP-890).
     */
    private void endByNewEpoch() throws Exception {
        session.close(producer);
        refuseRival(ledger.shown());
        initialize();
        refuseRival(ledger.settled());
    }

    private void refuseRival(LedgerEntry now) throws FencedException {
        if (now.epoch() > entry.epoch() && !now.writer().equals(entry.writer())) {
            throw now.fence();
        }
    }

    /** What the failure of a batch means, in its own words. */
    private Exception failed(Sending sending, Exception failure, List<ChangeRow> rows)
            throws Exception {
        session.stopIfClosed();
        Exception first = sending.first(failure);
        if (KafkaFailures.blamesRow(first)) {
            abort();
            return new BadRowException(refusedFor(first, rows), first);
        }
        return settings.transactional() && KafkaFailures.isLost(first)
                ? lost(first)
                : failures.told(first);
    }

    /** Taken over, or given up by the broker because it took too long? */
    private Exception lost(Exception failure) throws Exception {
        Optional<LedgerEntry> rival = ledger.rivalOf(entry);
        if (rival.isPresent()) {
            return rival.get().fence();
        }
        return new TimeoutException(
                ("the broker has ended this lane's transaction, and nobody has taken the lane: it may"
                                + " have been open for more than transaction_timeout_seconds (%d)")
                        .formatted(settings.transactionTimeout().toSeconds()),
                failure);
    }

    private String refusedFor(Exception refusal, List<ChangeRow> rows) throws Exception {
        Throwable cause = KafkaFailures.cause(refusal);
        OptionalLong limit = topics.largestMessage();
        // of several rows, nobody has to know yet which one it was
        if (!(cause instanceof RecordTooLargeException) || rows.size() != 1 || limit.isEmpty()) {
            return "topic %s does not take it: %s".formatted(topic, cause.getMessage());
        }
        BusMessage message = encoder.encode(rows.get(0));
        return message.size() > settings.largestRequest()
                ? Oversize.describe(
                        rows.get(0), message, settings.largestRequest(), "max.request.size")
                : Oversize.describe(
                        rows.get(0), message, limit.getAsLong(), "max.message.bytes of " + topic);
    }

    @Override
    public boolean keepsDeadLetters() {
        return true;
    }

    @Override
    public void writeDeadLetter(ChangeRow row, String error) throws Exception {
        String letters = LetterLog.topicOf(topic);
        try {
            topics.prepareDeadLetters(letters);
        } catch (Exception e) {
            throw failures.told(e);
        }
        ProducerRecord<byte[], byte[]> letter = letter(letters, row, error);
        try {
            bury(letter, row.sequence());
        } catch (BadRowException e) {
            // an older topic of dead letters with the broker's own limit
            bury(Messages.withoutContent(letter), row.sequence());
        }
    }

    private ProducerRecord<byte[], byte[]> letter(String letters, ChangeRow row, String error) {
        Clock clock = Clock.systemUTC();
        try {
            return Messages.deadLetter(letters, encoder.encode(row), error, clock.instant());
        } catch (PayloadException e) {
            return Messages.deadLetter(letters, row, pipeline, error, clock.instant());
        }
    }

    private void bury(ProducerRecord<byte[], byte[]> letter, long number) throws Exception {
        Sending sending = new Sending(producer);
        try {
            begin();
            sending.send(letter);
            commit(sending, number);
        } catch (Exception e) {
            throw failed(sending, e, List.of());
        }
    }

    @Override
    public Failure classify(Exception failure) {
        return KafkaFailures.classify(failure);
    }

    @Override
    public boolean upserts(RowSchema schema) {
        return false;
    }

    @Override
    public void close() {
        session.close();
    }
}
