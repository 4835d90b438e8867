package com.evolvishub.cdc.connectors.kafka.writer;

import com.evolvishub.cdc.connectors.kafka.deadletter.KafkaDeadLetterLog;
import com.evolvishub.cdc.connectors.kafka.error.KafkaErrorClassifier;
import com.evolvishub.cdc.connectors.kafka.message.KafkaRecords;
import com.evolvishub.cdc.connectors.kafka.progress.KafkaProgressRecord;
import com.evolvishub.cdc.connectors.kafka.progress.KafkaProgressStore;
import com.evolvishub.cdc.connectors.kafka.progress.PartitionEndOffsets;
import com.evolvishub.cdc.connectors.kafka.session.KafkaClientSettings;
import com.evolvishub.cdc.connectors.kafka.session.KafkaPipelineId;
import com.evolvishub.cdc.connectors.kafka.session.KafkaSession;
import com.evolvishub.cdc.connectors.kafka.topic.TopicAdmin;
import com.evolvishub.cdc.connectors.kafka.topic.TopicDurabilityCheck;
import com.evolvishub.cdc.formats.MessageEncoders;
import com.evolvishub.cdc.formats.message.EncodedMessage;
import com.evolvishub.cdc.formats.message.MessageEncoder;
import com.evolvishub.cdc.formats.message.MessageEncodingException;
import com.evolvishub.cdc.formats.message.OversizedMessage;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.pipeline.DestinationDescription;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.failure.FailureKind;
import com.evolvishub.cdc.sink.failure.FencedException;
import com.evolvishub.cdc.sink.failure.RowRejectedException;
import com.evolvishub.cdc.sink.progress.Progress;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import com.evolvishub.cdc.sink.spi.DestinationClient;
import com.evolvishub.cdc.sink.spi.RecoveredProgress;
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
 * holds the rows and the lane's entry in the {@link KafkaProgressStore}. Kafka refuses a producer
 * whose id was taken by another one, and also one that was too slow; which of both it was, the
 * ledger tells.
 *
 * <p>With {@code delivery: at_least_once} there are no transactions, no ledger and no fence: each
 * batch is sent and waited for.
 */
public final class KafkaDestinationClient implements DestinationClient {

    private final Pipeline pipeline;
    private final MessageEncoder encoder;
    private final String topic;
    private final KafkaClientSettings settings;
    private final KafkaErrorClassifier failures;
    private final KafkaSession session;
    private final TopicAdmin topics;
    private final KafkaTargetVerifier targetVerifier;
    private final TopicDurabilityCheck durabilityCheck;
    private final PartitionCountMonitor partitionCount;
    private String name = "";
    private OptionalLong largestMessage = OptionalLong.empty();
    private KafkaProgressStore progressStore;
    private Producer<byte[], byte[]> producer;
    private KafkaProgressRecord entry = KafkaProgressRecord.NONE;

    public KafkaDestinationClient(Pipeline pipeline, MessageEncoder encoder) {
        this.pipeline = pipeline;
        this.encoder = encoder;
        this.topic = pipeline.deliver().destination().table();
        this.settings = new KafkaClientSettings(pipeline);
        this.failures = new KafkaErrorClassifier(settings, pipeline);
        this.session = new KafkaSession(settings);
        this.topics = new TopicAdmin(session, settings, failures, pipeline);
        this.targetVerifier = new KafkaTargetVerifier(session, topics, topic, pipeline.mapping());
        this.durabilityCheck = new TopicDurabilityCheck(topics, settings, pipeline);
        this.partitionCount = new PartitionCountMonitor(pipeline.mapping(), topic);
    }

    @Override
    public RecoveredProgress open(WriterIdentity lane) throws Exception {
        try {
            failOn(settings.problems());
            String there = topics.topicId(topic);
            DestinationDescription target = new DestinationDescription(!there.isEmpty(), List.of());
            largestMessage = topics.largestMessage();
            if (!settings.usesBatchTransactions()) {
                producer = session.producer(largestMessage, Optional.empty());
                durabilityCheck.logRisks(lane);
                return new RecoveredProgress(lane.runEpoch() + 1, Progress.NONE, target);
            }
            Progress found = takeOver(lane, there);
            durabilityCheck.logRisks(lane);
            return new RecoveredProgress(entry.epoch(), found, target);
        } catch (Exception e) {
            throw failures.describe(e);
        }
    }

    private Progress takeOver(WriterIdentity lane, String there) throws Exception {
        topics.prepareProgressTopic();
        name = KafkaPipelineId.of(lane.identity());
        progressStore =
                new KafkaProgressStore(
                        session,
                        name,
                        settings.transactionTimeout()
                                .plus(KafkaClientSettings.TRANSACTION_EXPIRY_DELAY));
        // first without a change: whoever may not take the lane must not disturb its holder
        progressStore.readCommitted().takenOverBy(lane);
        initialize();
        // nobody else can write this lane from here on, and what was open of it was ended
        KafkaProgressRecord before = progressStore.readSettled();
        KafkaProgressRecord taken = before.takenOverBy(lane);
        if (targetVerifier.acceptsAnyTarget()) {
            taken = taken.advancedTo(before.lastSequence(), PartitionEndOffsets.NONE);
        } else if (!taken.endOffsets().offsets().isEmpty()) {
            targetVerifier.verify();
            targetVerifier.checkEnds(before);
        }
        producer.beginTransaction();
        var written = producer.send(progressStore.record(taken));
        producer.commitTransaction();
        // a rival that looks has to find it
        progressStore.awaitCommittedUpTo(written.get().offset() + 1);
        Progress found = targetVerifier.effectiveProgress(before, taken.incarnation(), there, lane);
        // the ledger keeps what it says until the first batch: no topic was written to yet
        entry =
                found.lastSequence() < before.lastSequence()
                        ? taken.rewoundTo(
                                found.lastSequence(),
                                lane.sequenceHistoryAfter(
                                        found.lastSequence(), before.sequenceHistory()))
                        : taken;
        return found;
    }

    @Override
    public void expectProgress(Progress acknowledged) {
        targetVerifier.expectProgress(acknowledged);
    }

    @Override
    public String targetId() {
        return targetVerifier.targetId();
    }

    @Override
    public Duration writeTimeout() {
        return settings.usesBatchTransactions()
                ? settings.transactionTimeout()
                : settings.deliveryTimeout();
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
            durabilityCheck.compactedWithoutKey(schema).ifPresent(problems::add);
            return problems;
        } catch (Exception e) {
            throw failures.describe(e);
        }
    }

    @Override
    public List<String> notes(RowSchema schema) throws Exception {
        try {
            return durabilityCheck.all();
        } catch (Exception e) {
            throw failures.describe(e);
        }
    }

    @Override
    public void prepare(RowSchema schema) throws Exception {
        failOn(MessageEncoders.problems(pipeline, schema));
        try {
            failOn(durabilityCheck.compactedWithoutKey(schema).stream().toList());
            targetVerifier.verify();
            topics.prepare(topic);
            targetVerifier.verify();
            entry = entry.withTarget(targetVerifier.targetId());
        } catch (Exception e) {
            throw failures.describe(e);
        }
    }

    private static void failOn(List<String> problems) throws DestinationException {
        if (!problems.isEmpty()) {
            throw new DestinationException(String.join("\n", problems));
        }
    }

    @Override
    public void write(List<ChangeRow> rows) throws Exception {
        long last = rows.get(rows.size() - 1).sequence();
        PendingSends sending = new PendingSends(producer);
        try {
            partitionCount.check(producer);
            begin();
            for (ChangeRow row : rows) {
                sending.sendRow(KafkaRecords.record(topic, encoder.encode(row)));
            }
            commit(sending, last);
        } catch (MessageEncodingException e) {
            abort();
            throw new RowRejectedException(e.getMessage(), e);
        } catch (Exception e) {
            throw failed(sending, e, rows);
        }
    }

    private void begin() {
        if (settings.usesBatchTransactions()) {
            producer.beginTransaction();
        }
    }

    private void commit(PendingSends sending, long last) throws Exception {
        if (!settings.usesBatchTransactions()) {
            sending.finish(settings.batchTimeout());
            return;
        }
        // of the batches before: the offsets of this one are not known yet
        sending.send(progressStore.record(entry.advancedTo(last, entry.endOffsets())));
        sending.finish(settings.batchTimeout());
        failOnReusedOffsets(sending);
        producer.commitTransaction();
        entry = entry.advancedTo(last, entry.endOffsets().with(sending.last()));
    }

    /** A topic that was made anew while rows flow gives offsets out a second time. */
    private void failOnReusedOffsets(PendingSends sending) {
        Map<Integer, Long> ends = entry.endOffsets().offsets();
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
            if (settings.usesBatchTransactions()) {
                abortByNewEpoch();
            } else {
                producer.flush();
            }
        } catch (FencedException e) {
            throw e;
        } catch (Exception e) {
            throw failed(new PendingSends(producer), e, List.of());
        }
    }

    /**
     * Ends the open transaction by opening the lane's transactional id again, not by {@code
     * abortTransaction}. The coordinator then ends it with a higher epoch of the producer, which
     * every partition of it learns: a request of it that is still on its way is refused when it
     * arrives. By {@code abortTransaction} it would join the next transaction, at brokers that do
     * not ask whose it is (KIP-890).
     */
    private void abortByNewEpoch() throws Exception {
        session.close(producer);
        failIfTakenOver(progressStore.readCommitted());
        initialize();
        failIfTakenOver(progressStore.readSettled());
    }

    private void failIfTakenOver(KafkaProgressRecord now) throws FencedException {
        if (now.epoch() > entry.epoch() && !now.writer().equals(entry.writer())) {
            throw now.fencedException();
        }
    }

    /** What the failure of a batch means, in its own words. */
    private Exception failed(PendingSends sending, Exception failure, List<ChangeRow> rows)
            throws Exception {
        session.stopIfClosed();
        Exception first = sending.first(failure);
        if (KafkaErrorClassifier.isRowRejected(first)) {
            abort();
            return new RowRejectedException(rejectionText(first, rows), first);
        }
        return settings.usesBatchTransactions() && KafkaErrorClassifier.isProducerLost(first)
                ? describeLostProducer(first)
                : failures.describe(first);
    }

    /** Taken over, or given up by the broker because it took too long? */
    private Exception describeLostProducer(Exception failure) throws Exception {
        Optional<KafkaProgressRecord> rival = progressStore.newerHolderThan(entry);
        if (rival.isPresent()) {
            return rival.get().fencedException();
        }
        return new TimeoutException(
                ("the broker has ended this lane's transaction, and nobody has taken the lane: it may"
                                + " have been open for more than transaction_timeout_seconds (%d)")
                        .formatted(settings.transactionTimeout().toSeconds()),
                failure);
    }

    private String rejectionText(Exception refusal, List<ChangeRow> rows) throws Exception {
        Throwable cause = KafkaErrorClassifier.cause(refusal);
        OptionalLong limit = topics.largestMessage();
        // of several rows, nobody has to know yet which one it was
        if (!(cause instanceof RecordTooLargeException) || rows.size() != 1 || limit.isEmpty()) {
            return "topic %s does not take it: %s".formatted(topic, cause.getMessage());
        }
        EncodedMessage message = encoder.encode(rows.get(0));
        return message.size() > settings.largestRequest()
                ? OversizedMessage.describe(
                        rows.get(0), message, settings.largestRequest(), "max.request.size")
                : OversizedMessage.describe(
                        rows.get(0), message, limit.getAsLong(), "max.message.bytes of " + topic);
    }

    @Override
    public boolean supportsDeadLetters() {
        return true;
    }

    @Override
    public void writeDeadLetter(ChangeRow row, String error) throws Exception {
        String letters = KafkaDeadLetterLog.topicOf(topic);
        try {
            topics.prepareDeadLetters(letters);
        } catch (Exception e) {
            throw failures.describe(e);
        }
        ProducerRecord<byte[], byte[]> letter = deadLetterRecord(letters, row, error);
        try {
            sendDeadLetter(letter, row.sequence());
        } catch (RowRejectedException e) {
            // an older topic of dead letters with the broker's own limit
            sendDeadLetter(KafkaRecords.withoutContent(letter), row.sequence());
        }
    }

    private ProducerRecord<byte[], byte[]> deadLetterRecord(
            String letters, ChangeRow row, String error) {
        Clock clock = Clock.systemUTC();
        try {
            return KafkaRecords.deadLetter(letters, encoder.encode(row), error, clock.instant());
        } catch (MessageEncodingException e) {
            return KafkaRecords.deadLetter(letters, row, pipeline, error, clock.instant());
        }
    }

    private void sendDeadLetter(ProducerRecord<byte[], byte[]> letter, long number)
            throws Exception {
        PendingSends sending = new PendingSends(producer);
        try {
            begin();
            sending.send(letter);
            commit(sending, number);
        } catch (Exception e) {
            throw failed(sending, e, List.of());
        }
    }

    @Override
    public FailureKind classify(Exception failure) {
        return KafkaErrorClassifier.classify(failure);
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
