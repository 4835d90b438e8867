package com.evolvishub.cdc.connectors.pulsar.writer;

import com.evolvishub.cdc.connectors.pulsar.deadletter.DeadLetterMessageFactory;
import com.evolvishub.cdc.connectors.pulsar.message.OutboundMessage;
import com.evolvishub.cdc.connectors.pulsar.progress.PulsarProgressRecord;
import com.evolvishub.cdc.connectors.pulsar.progress.PulsarProgressStore;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarEndpoint;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarErrorClassifier;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarSession;
import com.evolvishub.cdc.formats.MessageEncoders;
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
import com.evolvishub.cdc.sink.failure.RowsLostException;
import com.evolvishub.cdc.sink.progress.Progress;
import com.evolvishub.cdc.sink.progress.ReplacedTarget;
import com.evolvishub.cdc.sink.progress.SequenceHistory;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import com.evolvishub.cdc.sink.spi.DestinationClient;
import com.evolvishub.cdc.sink.spi.RecoveredProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pulsar.client.api.PulsarClientException;

/**
 * Writes one pipeline into one topic with exclusive access: its producers fence those of every
 * earlier writer, and a progress topic names the current writer. A message has the row's sequence
 * number as its sequence id, so that reading the topic from the last position shows which rows were
 * delivered.
 *
 * <p>Pulsar cannot write the messages of a batch atomically: an interrupted batch leaves a prefix
 * in each partition. The next {@link #open} returns the last sequence number before the first gap;
 * delivered rows after the gap are skipped when they are written again.
 *
 * <p>{@code at_least_once} shares the topic with other producers and fences none of them.
 */
public final class PulsarDestinationClient implements DestinationClient {

    private static final long POLL_MILLIS = 20;
    private static final long GRACE_SECONDS = 5;

    private final Pipeline pipeline;
    private final PulsarEndpoint target;
    private final MessageEncoder encoder;
    private volatile boolean closed;
    private volatile PulsarSession session;
    private Progress expected = Progress.NONE;
    private PulsarProgressStore progressStore;
    private PipelineTopics topics;

    public PulsarDestinationClient(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.target = new PulsarEndpoint(pipeline);
        this.encoder = MessageEncoders.of(pipeline);
    }

    @Override
    public RecoveredProgress open(WriterIdentity writer) throws Exception {
        PulsarSession current = session();
        boolean exists = current.exists(target.topic());
        progressStore = PulsarProgressStore.takeOver(current, target, writer);
        SequenceHistory found = progressStore.record().sequenceHistory();
        if (!exists) {
            failIfMissing();
        }
        rewindIfReplaced(current, writer, exists);
        if (!exists && !target.createsTopics()) {
            return recovered(progressStore.record().lastSequence(), found, false);
        }
        try {
            topics = PipelineTopics.open(current, target, progressStore, writer);
        } catch (PulsarClientException e) {
            throw explain(e);
        }
        new LeftoverSubscriptionCheck(current, target).logNotes(writer);
        return recovered(topics.deliveredUpTo(), found, exists);
    }

    private void failIfMissing() throws RowsLostException {
        if (!expected.targetId().isEmpty() && expected.lastSequence() > 0) {
            throw RowsLostException.of(
                    1,
                    expected.lastSequence(),
                    "topic %s does not exist".formatted(target.topic()),
                    pipeline.mapping());
        }
    }

    /**
     * Rows that the progress record counts may have been deleted with the topic. Rows after the
     * last position are read from the topic itself and therefore not counted.
     */
    private void rewindIfReplaced(PulsarSession current, WriterIdentity writer, boolean exists)
            throws Exception {
        PulsarProgressRecord record = progressStore.record();
        PulsarTargetVerifier verifier = new PulsarTargetVerifier(current, target.topic());
        if (record.lastSequence() <= expected.lastSequence()
                || (exists && !verifier.isReplaced(record))) {
            return;
        }
        Progress recorded =
                Progress.recorded(
                        record.lastSequence(), record.sequenceHistory(), record.incarnation());
        String targetName = "topic " + target.topic();
        progressStore.write(
                record.advancedTo(
                        ReplacedTarget.effectiveSequence(expected, recorded, targetName, writer),
                        verifier.ofOtherTopics(record.positions())));
    }

    private RecoveredProgress recovered(long sequence, SequenceHistory found, boolean exists) {
        return new RecoveredProgress(
                progressStore.record().epoch(),
                new Progress(
                        sequence,
                        found,
                        progressStore.record().incarnation(),
                        exists && sequence > 0 ? targetId() : ""),
                new DestinationDescription(exists, List.of()));
    }

    @Override
    public void expectProgress(Progress acknowledged) {
        expected = acknowledged;
    }

    /**
     * Pulsar's protocol has no topic identity: for acknowledged rows, an existing topic counts as
     * the same. For other rows see {@link PulsarTargetVerifier}.
     */
    @Override
    public String targetId() {
        return "topic";
    }

    @Override
    public Duration writeTimeout() {
        PulsarSession current = session;
        return current == null ? Duration.ofMinutes(1) : current.settings().sendTimeout();
    }

    private PulsarSession session() throws Exception {
        if (session == null) {
            PulsarSession fresh = PulsarSession.of(target);
            session = fresh;
            if (closed) {
                fresh.close();
                throw new PulsarClientException.AlreadyClosedException("closed");
            }
            fresh.connect();
        }
        return session;
    }

    @Override
    public List<String> check(RowSchema schema) throws Exception {
        List<String> problems = new ArrayList<>(MessageEncoders.problems(pipeline, schema));
        if (!target.createsTopics() && !session().exists(target.topic())) {
            problems.add(
                    "topic %s: not there; create it, or leave out create_table: never"
                            .formatted(target.topic()));
        } else {
            session();
        }
        if (target.usesCheckpointTransactions()) {
            problems.addAll(new TransactionSupportCheck(target).problems());
        } else {
            problems.addAll(new NamespacePolicyCheck(target).problems());
        }
        return problems;
    }

    @Override
    public List<String> notes(RowSchema schema) throws Exception {
        List<String> notes =
                new ArrayList<>(new LeftoverSubscriptionCheck(session(), target).notes());
        NamespacePolicyCheck policies = new NamespacePolicyCheck(target);
        notes.addAll(
                target.usesCheckpointTransactions() ? policies.notesOfTopic() : policies.notes());
        return notes;
    }

    @Override
    public void prepare(RowSchema schema) throws Exception {
        // open does not use the topic with checkpoint transactions, and no subscription retains it
        if (target.usesCheckpointTransactions() && !session().exists(target.topic())) {
            failIfMissing();
        }
        List<String> problems = check(schema);
        if (!problems.isEmpty()) {
            throw new DestinationException(String.join("\n", problems));
        }
        // with checkpoint transactions the sink opens the topic itself
        if (topics == null && !target.usesCheckpointTransactions()) {
            throw new PulsarClientException.ConnectException(
                    "topic %s was not there when the lane was opened".formatted(target.topic()));
        }
    }

    @Override
    public void write(List<ChangeRow> rows) throws Exception {
        List<OutboundMessage> messages = new ArrayList<>(rows.size());
        for (ChangeRow row : rows) {
            OutboundMessage message = encoded(row);
            int limit = session().largestMessage();
            if (!message.fits(limit)) {
                throw new RowRejectedException(
                        OversizedMessage.describe(row, message.message(), limit, "maxMessageSize"),
                        null);
            }
            if (mustSend(message)) {
                messages.add(message);
            }
        }
        failIfBroken();
        topics.skipTo(rows.get(0).sequence() - 1);
        InFlightBatch batch = new InFlightBatch();
        for (OutboundMessage row : messages) {
            if (batch.isBroken() || closed) {
                break;
            }
            batch.send(row, topics.channelOf(row));
        }
        awaitCompletion(batch);
        topics.markDelivered(rows.get(rows.size() - 1).sequence());
    }

    private OutboundMessage encoded(ChangeRow row) throws RowRejectedException {
        try {
            return OutboundMessage.of(row.sequence(), encoder.encode(row));
        } catch (MessageEncodingException e) {
            throw new RowRejectedException(e.getMessage(), e);
        }
    }

    private boolean mustSend(OutboundMessage row) throws DestinationException {
        if (!topics.delivered().contains(row.number())) {
            return true;
        }
        if (topics.delivered().contains(row.number(), row.fingerprint())) {
            return false;
        }
        if (target.exclusive()) {
            throw new DestinationException(
                    ("topic %s holds another row under number %d: the state is older than the"
                                    + " topic. Delete the topic %s, and start with"
                                    + " --reset %s")
                            .formatted(
                                    target.topic(),
                                    row.number(),
                                    target.progressTopic(),
                                    pipeline.mapping()));
        }
        return true;
    }

    private void awaitCompletion(InFlightBatch batch) throws Exception {
        topics.flush();
        CompletableFuture<Void> completion = batch.completion();
        while (!isCompleted(completion)) {
            failIfBroken();
            long timeout =
                    session().settings().sendTimeout().toNanos()
                            + TimeUnit.SECONDS.toNanos(GRACE_SECONDS);
            if (batch.nanosSinceLastAck() > timeout) {
                throw explain(
                        new PulsarClientException.TimeoutException(
                                "the broker did not acknowledge a message within %d ms"
                                        .formatted(TimeUnit.NANOSECONDS.toMillis(timeout))));
            }
        }
        if (closed) {
            throw new PulsarClientException.AlreadyClosedException("closed");
        }
        if (batch.isBroken()) {
            throw explain(PulsarErrorClassifier.unwrap(batch.failure()));
        }
        throwRejected(batch);
    }

    private static boolean isCompleted(CompletableFuture<Void> completion)
            throws InterruptedException, ExecutionException {
        try {
            completion.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    /** Rows around a rejected one were delivered: they are skipped when written again. */
    private void throwRejected(InFlightBatch batch) throws RowRejectedException {
        List<InFlightBatch.Rejected> rejected = batch.rejected();
        if (rejected.isEmpty()) {
            return;
        }
        for (OutboundMessage row : batch.acknowledged()) {
            topics.delivered().add(row.number(), row.fingerprint());
        }
        PulsarClientException reason = rejected.get(0).reason();
        throw new RowRejectedException("the broker refuses it: " + reason.getMessage(), reason);
    }

    private void failIfBroken() throws Exception {
        if (closed) {
            throw new PulsarClientException.AlreadyClosedException("closed");
        }
        progressStore.failIfTakenOver();
        if (!topics.isConnected()) {
            throw explain(
                    new PulsarClientException.ConnectException(
                            "the broker has closed the connection"));
        }
    }

    /** A fenced writer notices a broken connection first. */
    private Exception explain(Exception failure) throws FencedException {
        try {
            // an unreachable broker fails this call immediately; other requests would wait
            session().connect();
            progressStore.checkHolder();
        } catch (FencedException e) {
            throw e;
        } catch (Exception e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    @Override
    public boolean supportsDeadLetters() {
        return target.supportsDeadLetters();
    }

    @Override
    public void writeDeadLetter(ChangeRow row, String error) throws Exception {
        failIfBroken();
        topics.skipTo(row.sequence() - 1);
        int limit = session().largestMessage();
        OutboundMessage deadLetter =
                DeadLetterMessageFactory.of(pipeline, encoder, row, error, Instant.now(), limit);
        if (mustSend(deadLetter)) {
            InFlightBatch batch = new InFlightBatch();
            batch.send(deadLetter, topics.deadLetters());
            awaitCompletion(batch);
        }
        topics.markDelivered(row.sequence());
    }

    @Override
    public FailureKind classify(Exception failure) {
        return closed ? FailureKind.TRANSIENT : PulsarErrorClassifier.classify(failure);
    }

    @Override
    public boolean upserts(RowSchema schema) {
        return false;
    }

    @Override
    public void close() {
        closed = true;
        PulsarSession current = session;
        if (current != null) {
            current.close();
        }
    }
}
