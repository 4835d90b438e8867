package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.delivery.BadRowException;
import com.evolvishub.cdc.delivery.DestinationClient;
import com.evolvishub.cdc.delivery.DestinationException;
import com.evolvishub.cdc.delivery.Failure;
import com.evolvishub.cdc.delivery.FencedException;
import com.evolvishub.cdc.delivery.Lane;
import com.evolvishub.cdc.delivery.LaneOpening;
import com.evolvishub.cdc.delivery.Numbering;
import com.evolvishub.cdc.delivery.Progress;
import com.evolvishub.cdc.delivery.RowsLostException;
import com.evolvishub.cdc.delivery.WrittenElsewhere;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.flow.Target;
import com.evolvishub.cdc.payload.MessageEncoder;
import com.evolvishub.cdc.payload.MessageEncoders;
import com.evolvishub.cdc.payload.Oversize;
import com.evolvishub.cdc.payload.PayloadException;
import com.evolvishub.cdc.planner.physical.Pipeline;
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
final class PulsarBusClient implements DestinationClient {

    private static final long LOOK_MILLIS = 20;
    private static final long GRACE_SECONDS = 5;

    private final Pipeline pipeline;
    private final PulsarTarget target;
    private final MessageEncoder encoder;
    private volatile boolean closed;
    private volatile PulsarSession session;
    private Progress expected = Progress.NONE;
    private LaneLedger ledger;
    private LaneTopics topics;

    PulsarBusClient(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.target = new PulsarTarget(pipeline);
        this.encoder = MessageEncoders.of(pipeline);
    }

    @Override
    public LaneOpening open(Lane lane) throws Exception {
        PulsarSession own = session();
        boolean there = own.exists(target.topic());
        ledger = LaneLedger.take(own, target, lane);
        Numbering found = ledger.record().numbering();
        if (!there) {
            refuseMissing();
        }
        countAnew(own, lane, there);
        if (!there && !target.createsTopics()) {
            return opening(ledger.record().number(), found, false);
        }
        try {
            topics = LaneTopics.open(own, target, ledger, lane);
        } catch (PulsarClientException e) {
            throw explained(e);
        }
        new OtherLanes(own, target).tell(lane);
        return opening(topics.done(), found, there);
    }

    private void refuseMissing() throws RowsLostException {
        if (!expected.target().isEmpty() && expected.number() > 0) {
            throw RowsLostException.of(
                    1,
                    expected.number(),
                    "topic %s does not exist".formatted(target.topic()),
                    pipeline.mapping());
        }
    }

    /**
     * Rows that the ledger counts may have gone with a topic that was deleted since. What was
     * written behind the last mark is read from the topic itself, and so is not counted anyway.
     */
    private void countAnew(PulsarSession own, Lane lane, boolean there) throws Exception {
        LedgerRecord record = ledger.record();
        TopicMarks marks = new TopicMarks(own, target.topic());
        if (record.number() <= expected.number() || (there && !marks.areGone(record))) {
            return;
        }
        Progress recorded =
                Progress.recorded(record.number(), record.numbering(), record.incarnation());
        String now = "topic " + target.topic();
        ledger.write(
                record.at(
                        WrittenElsewhere.counted(expected, recorded, now, lane),
                        marks.others(record.marks())));
    }

    private LaneOpening opening(long number, Numbering found, boolean there) {
        return new LaneOpening(
                ledger.record().epoch(),
                new Progress(
                        number,
                        found,
                        ledger.record().incarnation(),
                        there && number > 0 ? targetIdentity() : ""),
                new Target(there, List.of()));
    }

    @Override
    public void expect(Progress acknowledged) {
        expected = acknowledged;
    }

    /**
     * Topics have no identity in Pulsar's protocol: of rows that were acknowledged, one that is
     * there is taken for the same. Of others see {@link TopicMarks}.
     */
    @Override
    public String targetIdentity() {
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
        if (target.byCheckpoint()) {
            problems.addAll(new CheckpointCheck(target).problems());
        } else {
            problems.addAll(new LedgerPolicies(target).problems());
        }
        return problems;
    }

    @Override
    public List<String> notes(RowSchema schema) throws Exception {
        List<String> notes = new ArrayList<>(new OtherLanes(session(), target).notes());
        LedgerPolicies policies = new LedgerPolicies(target);
        notes.addAll(target.byCheckpoint() ? policies.notesOfTopic() : policies.notes());
        return notes;
    }

    @Override
    public void prepare(RowSchema schema) throws Exception {
        // nothing opens it by checkpoint, and no subscription of ours keeps it
        if (target.byCheckpoint() && !session().exists(target.topic())) {
            refuseMissing();
        }
        List<String> problems = check(schema);
        if (!problems.isEmpty()) {
            throw new DestinationException(String.join("\n", problems));
        }
        // by checkpoint, the sink opens the topic itself
        if (topics == null && !target.byCheckpoint()) {
            throw new PulsarClientException.ConnectException(
                    "topic %s was not there when the lane was opened".formatted(target.topic()));
        }
    }

    @Override
    public void write(List<ChangeRow> rows) throws Exception {
        List<Outgoing> batch = new ArrayList<>(rows.size());
        for (ChangeRow row : rows) {
            Outgoing outgoing = encoded(row);
            int limit = session().largestMessage();
            if (!outgoing.fits(limit)) {
                throw new BadRowException(
                        Oversize.describe(row, outgoing.message(), limit, "maxMessageSize"), null);
            }
            if (isToBeSent(outgoing)) {
                batch.add(outgoing);
            }
        }
        refuseIfBroken();
        topics.goOnBehind(rows.get(0).sequence() - 1);
        Flight flight = new Flight();
        for (Outgoing row : batch) {
            if (flight.isBroken() || closed) {
                break;
            }
            flight.send(row, topics.channelOf(row));
        }
        land(flight);
        topics.settled(rows.get(rows.size() - 1).sequence());
    }

    private Outgoing encoded(ChangeRow row) throws BadRowException {
        try {
            return Outgoing.of(row.sequence(), encoder.encode(row));
        } catch (PayloadException e) {
            throw new BadRowException(e.getMessage(), e);
        }
    }

    private boolean isToBeSent(Outgoing row) throws DestinationException {
        if (!topics.arrivals().has(row.number())) {
            return true;
        }
        if (topics.arrivals().has(row.number(), row.fingerprint())) {
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
                                    target.ledgerTopic(),
                                    pipeline.mapping()));
        }
        return true;
    }

    private void land(Flight flight) throws Exception {
        topics.flush();
        CompletableFuture<Void> landing = flight.landing();
        while (!isOver(landing)) {
            refuseIfBroken();
            long patience =
                    session().settings().sendTimeout().toNanos()
                            + TimeUnit.SECONDS.toNanos(GRACE_SECONDS);
            if (flight.nanosSinceLastAnswer() > patience) {
                throw explained(
                        new PulsarClientException.TimeoutException(
                                "the broker did not acknowledge a message within %d ms"
                                        .formatted(TimeUnit.NANOSECONDS.toMillis(patience))));
            }
        }
        if (closed) {
            throw new PulsarClientException.AlreadyClosedException("closed");
        }
        if (flight.isBroken()) {
            throw explained(PulsarFailures.unwrapped(flight.failure()));
        }
        refuseBadRows(flight);
    }

    private static boolean isOver(CompletableFuture<Void> landing)
            throws InterruptedException, ExecutionException {
        try {
            landing.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    /** Rows around a refused one are there: they must be left out when they are written again. */
    private void refuseBadRows(Flight flight) throws BadRowException {
        List<Flight.Refused> refused = flight.refused();
        if (refused.isEmpty()) {
            return;
        }
        for (Outgoing row : flight.taken()) {
            topics.arrivals().add(row.number(), row.fingerprint());
        }
        PulsarClientException reason = refused.get(0).reason();
        throw new BadRowException("the broker refuses it: " + reason.getMessage(), reason);
    }

    private void refuseIfBroken() throws Exception {
        if (closed) {
            throw new PulsarClientException.AlreadyClosedException("closed");
        }
        ledger.refuseIfTaken();
        if (!topics.isConnected()) {
            throw explained(
                    new PulsarClientException.ConnectException(
                            "the broker has closed the connection"));
        }
    }

    /** Whoever was fenced out learns of it by a broken connection first. */
    private Exception explained(Exception failure) throws FencedException {
        try {
            // a broker that is gone says so at once; the other questions wait for it
            session().connect();
            ledger.lookWhoHoldsIt();
        } catch (FencedException e) {
            throw e;
        } catch (Exception e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    @Override
    public boolean keepsDeadLetters() {
        return target.keepsDeadLetters();
    }

    @Override
    public void writeDeadLetter(ChangeRow row, String error) throws Exception {
        refuseIfBroken();
        topics.goOnBehind(row.sequence() - 1);
        int limit = session().largestMessage();
        Outgoing letter = DeadLetter.of(pipeline, encoder, row, error, Instant.now(), limit);
        if (isToBeSent(letter)) {
            Flight flight = new Flight();
            flight.send(letter, topics.deadLetters());
            land(flight);
        }
        topics.settled(row.sequence());
    }

    @Override
    public Failure classify(Exception failure) {
        return closed ? Failure.TRANSIENT : PulsarFailures.classify(failure);
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
