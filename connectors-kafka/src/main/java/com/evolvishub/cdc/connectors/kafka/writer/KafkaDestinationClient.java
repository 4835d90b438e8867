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
 * Writes one pipeline into one topic. Each batch is one transaction under the pipeline's
 * transactional id and holds the rows and the pipeline's record in the {@link KafkaProgressStore}.
 * Kafka fences a producer whose id another one uses, and also one that was too slow; the progress
 * record shows which of the two happened.
 *
 * <p>With {@code delivery: at_least_once} there are no transactions, no progress record and no
 * fencing: each batch is sent, and its acknowledgement awaited.
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
    private KafkaProgressRecord progress = KafkaProgressRecord.NONE;

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
    public RecoveredProgress open(WriterIdentity writer) throws Exception {
        try {
            failOn(settings.problems());
            String topicId = topics.topicId(topic);
            DestinationDescription target =
                    new DestinationDescription(!topicId.isEmpty(), List.of());
            largestMessage = topics.largestMessage();
            if (!settings.usesBatchTransactions()) {
                producer = session.producer(largestMessage, Optional.empty());
                durabilityCheck.logRisks(writer);
                return new RecoveredProgress(writer.runEpoch() + 1, Progress.NONE, target);
            }
            Progress found = takeOver(writer, topicId);
            durabilityCheck.logRisks(writer);
            return new RecoveredProgress(progress.epoch(), found, target);
        } catch (Exception e) {
            throw failures.describe(e);
        }
    }

    private Progress takeOver(WriterIdentity writer, String topicId) throws Exception {
        topics.prepareProgressTopic();
        name = KafkaPipelineId.of(writer.identity());
        progressStore =
                new KafkaProgressStore(
                        session,
                        name,
                        settings.transactionTimeout()
                                .plus(KafkaClientSettings.TRANSACTION_EXPIRY_DELAY));
        // first without a change: a writer that may not take over must not disturb the current one
        progressStore.readCommitted().takenOverBy(writer);
        initialize();
        // from here on no other writer can write, and open transactions of the pipeline have ended
        KafkaProgressRecord before = progressStore.readSettled();
        KafkaProgressRecord claimed = before.takenOverBy(writer);
        if (targetVerifier.acceptsAnyTarget()) {
            claimed = claimed.advancedTo(before.lastSequence(), PartitionEndOffsets.NONE);
        } else if (!claimed.endOffsets().offsets().isEmpty()) {
            targetVerifier.verify();
            targetVerifier.checkEnds(before);
        }
        producer.beginTransaction();
        var written = producer.send(progressStore.record(claimed));
        producer.commitTransaction();
        // another writer must be able to read it
        progressStore.awaitCommittedUpTo(written.get().offset() + 1);
        Progress found =
                targetVerifier.effectiveProgress(before, claimed.incarnation(), topicId, writer);
        // the stored record is rewound by the first batch: nothing was written to the new topic yet
        progress =
                found.lastSequence() < before.lastSequence()
                        ? claimed.rewoundTo(
                                found.lastSequence(),
                                writer.sequenceHistoryAfter(
                                        found.lastSequence(), before.sequenceHistory()))
                        : claimed;
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
            progress = progress.withTarget(targetVerifier.targetId());
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
        PendingSends sends = new PendingSends(producer);
        try {
            partitionCount.check(producer);
            begin();
            for (ChangeRow row : rows) {
                sends.sendRow(KafkaRecords.record(topic, encoder.encode(row)));
            }
            commit(sends, last);
        } catch (MessageEncodingException e) {
            abort();
            throw new RowRejectedException(e.getMessage(), e);
        } catch (Exception e) {
            throw failed(sends, e, rows);
        }
    }

    private void begin() {
        if (settings.usesBatchTransactions()) {
            producer.beginTransaction();
        }
    }

    private void commit(PendingSends sends, long last) throws Exception {
        if (!settings.usesBatchTransactions()) {
            sends.finish(settings.batchTimeout());
            return;
        }
        // end offsets of earlier batches: those of this batch are not known yet
        sends.send(progressStore.record(progress.advancedTo(last, progress.endOffsets())));
        sends.finish(settings.batchTimeout());
        failOnReusedOffsets(sends);
        producer.commitTransaction();
        progress = progress.advancedTo(last, progress.endOffsets().with(sends.last()));
    }

    /** A topic that is recreated while rows are written assigns offsets a second time. */
    private void failOnReusedOffsets(PendingSends sends) {
        Map<Integer, Long> ends = progress.endOffsets().offsets();
        sends.first()
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
     * Ends the open transaction by initializing the pipeline's transactional id again, not by
     * {@code abortTransaction}. The coordinator then ends it with a higher producer epoch, which
     * every partition of the transaction receives: a delayed request of it is rejected on arrival.
     * After {@code abortTransaction} such a request would join the next transaction, at brokers
     * that do not verify its transaction (KIP-890).
     */
    private void abortByNewEpoch() throws Exception {
        session.close(producer);
        failIfTakenOver(progressStore.readCommitted());
        initialize();
        failIfTakenOver(progressStore.readSettled());
    }

    private void failIfTakenOver(KafkaProgressRecord now) throws FencedException {
        if (now.epoch() > progress.epoch() && !now.writer().equals(progress.writer())) {
            throw now.fencedException();
        }
    }

    /** Describes the failure of a batch. */
    private Exception failed(PendingSends sends, Exception failure, List<ChangeRow> rows)
            throws Exception {
        session.stopIfClosed();
        Exception first = sends.first(failure);
        if (KafkaErrorClassifier.isRowRejected(first)) {
            abort();
            return new RowRejectedException(rejectionText(first, rows), first);
        }
        return settings.usesBatchTransactions() && KafkaErrorClassifier.isProducerLost(first)
                ? describeLostProducer(first)
                : failures.describe(first);
    }

    /**
     * Another writer has taken over, or the broker has aborted a transaction that took too long.
     */
    private Exception describeLostProducer(Exception failure) throws Exception {
        Optional<KafkaProgressRecord> newer = progressStore.newerHolderThan(progress);
        if (newer.isPresent()) {
            return newer.get().fencedException();
        }
        return new TimeoutException(
                ("the broker has ended this lane's transaction, and nobody has taken the lane: it may"
                                + " have been open for more than transaction_timeout_seconds (%d)")
                        .formatted(settings.transactionTimeout().toSeconds()),
                failure);
    }

    private String rejectionText(Exception rejection, List<ChangeRow> rows) throws Exception {
        Throwable cause = KafkaErrorClassifier.cause(rejection);
        OptionalLong limit = topics.largestMessage();
        // with several rows it is not known yet which one was rejected
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
        String deadLetterTopic = KafkaDeadLetterLog.topicOf(topic);
        try {
            topics.prepareDeadLetters(deadLetterTopic);
        } catch (Exception e) {
            throw failures.describe(e);
        }
        ProducerRecord<byte[], byte[]> deadLetter = deadLetterRecord(deadLetterTopic, row, error);
        try {
            sendDeadLetter(deadLetter, row.sequence());
        } catch (RowRejectedException e) {
            // an existing dead letter topic with the broker's default limit
            sendDeadLetter(KafkaRecords.withoutContent(deadLetter), row.sequence());
        }
    }

    private ProducerRecord<byte[], byte[]> deadLetterRecord(
            String deadLetterTopic, ChangeRow row, String error) {
        Clock clock = Clock.systemUTC();
        try {
            return KafkaRecords.deadLetter(
                    deadLetterTopic, encoder.encode(row), error, clock.instant());
        } catch (MessageEncodingException e) {
            return KafkaRecords.deadLetter(deadLetterTopic, row, pipeline, error, clock.instant());
        }
    }

    private void sendDeadLetter(ProducerRecord<byte[], byte[]> deadLetter, long sequence)
            throws Exception {
        PendingSends sends = new PendingSends(producer);
        try {
            begin();
            sends.send(deadLetter);
            commit(sends, sequence);
        } catch (Exception e) {
            throw failed(sends, e, List.of());
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
