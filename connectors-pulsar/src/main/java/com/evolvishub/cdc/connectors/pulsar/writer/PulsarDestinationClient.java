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
 * One lane into one topic. The lane has the topic for itself: its producers fence those of every
 * earlier holder, and a ledger topic tells who holds it. A message carries the row's number as its
 * sequence id, so that what is there is found by reading the topic from the last mark on.
 *
 * <p>A batch is many messages, and Pulsar has nothing that makes them appear as one: a batch that
 * is cut off leaves a prefix in each partition. The next {@link #open} tells how far the lane is
 * without a gap; rows behind the first gap that are there are left out when they are written again.
 *
 * <p>{@code at_least_once} shares the topic with others: nobody is shut out of it.
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
    public RecoveredProgress open(WriterIdentity lane) throws Exception {
        PulsarSession own = session();
        boolean there = own.exists(target.topic());
        progressStore = PulsarProgressStore.takeOver(own, target, lane);
        SequenceHistory found = progressStore.record().sequenceHistory();
        if (!there) {
            failIfMissing();
        }
        recount(own, lane, there);
        if (!there && !target.createsTopics()) {
            return opening(progressStore.record().lastSequence(), found, false);
        }
        try {
            topics = PipelineTopics.open(own, target, progressStore, lane);
        } catch (PulsarClientException e) {
            throw explain(e);
        }
        new LeftoverSubscriptionCheck(own, target).logNotes(lane);
        return opening(topics.deliveredUpTo(), found, there);
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
     * Rows that the ledger counts may have gone with a topic that was deleted since. What was
     * written behind the last mark is read from the topic itself, and so is not counted anyway.
     */
    private void recount(PulsarSession own, WriterIdentity lane, boolean there) throws Exception {
        PulsarProgressRecord record = progressStore.record();
        PulsarTargetVerifier marks = new PulsarTargetVerifier(own, target.topic());
        if (record.lastSequence() <= expected.lastSequence()
                || (there && !marks.isReplaced(record))) {
            return;
        }
        Progress recorded =
                Progress.recorded(
                        record.lastSequence(), record.sequenceHistory(), record.incarnation());
        String now = "topic " + target.topic();
        progressStore.write(
                record.advancedTo(
                        ReplacedTarget.effectiveSequence(expected, recorded, now, lane),
                        marks.ofOtherTopics(record.positions())));
    }

    private RecoveredProgress opening(long number, SequenceHistory found, boolean there) {
        return new RecoveredProgress(
                progressStore.record().epoch(),
                new Progress(
                        number,
                        found,
                        progressStore.record().incarnation(),
                        there && number > 0 ? targetId() : ""),
                new DestinationDescription(there, List.of()));
    }

    @Override
    public void expectProgress(Progress acknowledged) {
        expected = acknowledged;
    }

    /**
     * Topics have no identity in Pulsar's protocol: of rows that were acknowledged, one that is
     * there is taken for the same. Of others see {@link PulsarTargetVerifier}.
     */
    @Override
    public String targetId() {
        return "topic";
    }

    @Override
    public Duration writeTimeout() {
        PulsarSession own = session;
        return own == null ? Duration.ofMinutes(1) : own.settings().sendTimeout();
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
        // nothing opens it by checkpoint, and no subscription of ours keeps it
        if (target.usesCheckpointTransactions() && !session().exists(target.topic())) {
            failIfMissing();
        }
        List<String> problems = check(schema);
        if (!problems.isEmpty()) {
            throw new DestinationException(String.join("\n", problems));
        }
        // by checkpoint, the sink opens the topic itself
        if (topics == null && !target.usesCheckpointTransactions()) {
            throw new PulsarClientException.ConnectException(
                    "topic %s was not there when the lane was opened".formatted(target.topic()));
        }
    }

    @Override
    public void write(List<ChangeRow> rows) throws Exception {
        List<OutboundMessage> batch = new ArrayList<>(rows.size());
        for (ChangeRow row : rows) {
            OutboundMessage outgoing = encoded(row);
            int limit = session().largestMessage();
            if (!outgoing.fits(limit)) {
                throw new RowRejectedException(
                        OversizedMessage.describe(row, outgoing.message(), limit, "maxMessageSize"),
                        null);
            }
            if (mustSend(outgoing)) {
                batch.add(outgoing);
            }
        }
        failIfBroken();
        topics.skipTo(rows.get(0).sequence() - 1);
        InFlightBatch flight = new InFlightBatch();
        for (OutboundMessage row : batch) {
            if (flight.isBroken() || closed) {
                break;
            }
            flight.send(row, topics.channelOf(row));
        }
        awaitCompletion(flight);
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

    private void awaitCompletion(InFlightBatch flight) throws Exception {
        topics.flush();
        CompletableFuture<Void> landing = flight.completion();
        while (!isOver(landing)) {
            failIfBroken();
            long patience =
                    session().settings().sendTimeout().toNanos()
                            + TimeUnit.SECONDS.toNanos(GRACE_SECONDS);
            if (flight.nanosSinceLastAnswer() > patience) {
                throw explain(
                        new PulsarClientException.TimeoutException(
                                "the broker did not acknowledge a message within %d ms"
                                        .formatted(TimeUnit.NANOSECONDS.toMillis(patience))));
            }
        }
        if (closed) {
            throw new PulsarClientException.AlreadyClosedException("closed");
        }
        if (flight.isBroken()) {
            throw explain(PulsarErrorClassifier.unwrap(flight.failure()));
        }
        throwRejected(flight);
    }

    private static boolean isOver(CompletableFuture<Void> landing)
            throws InterruptedException, ExecutionException {
        try {
            landing.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    /** Rows around a refused one are there: they must be left out when they are written again. */
    private void throwRejected(InFlightBatch flight) throws RowRejectedException {
        List<InFlightBatch.Rejected> refused = flight.rejected();
        if (refused.isEmpty()) {
            return;
        }
        for (OutboundMessage row : flight.acknowledged()) {
            topics.delivered().add(row.number(), row.fingerprint());
        }
        PulsarClientException reason = refused.get(0).reason();
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

    /** Whoever was fenced out learns of it by a broken connection first. */
    private Exception explain(Exception failure) throws FencedException {
        try {
            // a broker that is gone says so at once; the other questions wait for it
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
        OutboundMessage letter =
                DeadLetterMessageFactory.of(pipeline, encoder, row, error, Instant.now(), limit);
        if (mustSend(letter)) {
            InFlightBatch flight = new InFlightBatch();
            flight.send(letter, topics.deadLetters());
            awaitCompletion(flight);
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
        PulsarSession held = session;
        if (held != null) {
            held.close();
        }
    }
}
