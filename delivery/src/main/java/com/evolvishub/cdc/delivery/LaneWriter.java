package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.ExpiredCertificate;
import com.evolvishub.cdc.flow.FlowElement;
import com.evolvishub.cdc.flow.Gate;
import com.evolvishub.cdc.flow.LaneStatus;
import com.evolvishub.cdc.flow.MappingState;
import com.evolvishub.cdc.flow.PollEnded;
import com.evolvishub.cdc.flow.PollStarted;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.planner.physical.Pipeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the I/O thread of a lane does: opens the lane, brings rows and marks of the queue to the
 * destination in order, and starts over after any failure. Nobody waits for it. Once {@link #close}
 * was called, it writes nothing more that the destination would take: the client's connection is
 * cut, and what a call in flight still does is the fence's business.
 */
final class LaneWriter implements Runnable, BadRows.Outcome, RefusedRows.Outcome {

    private static final Logger LOG = LoggerFactory.getLogger(LaneWriter.class);

    /** How long an answer may take before the status tells of it. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Pipeline pipeline;
    private final WriterIdentity identity;
    private final Supplier<DestinationConnector> connector;
    private final DeliveryQueue queue;
    private final Gate gate;
    private final GateKeeper keeper;
    private final LaneStatus status;
    private final Backoff backoff;
    private final Recheck.Pauses recheck;
    private final Clock clock;
    private final Consumer<Throwable> bug;
    private final SendingRules rules;
    private final Recovery recovery;
    private final ResetComparison comparison;
    private final TimedBatches batches;
    private final DestinationCondition condition;
    private final BadRows badRows;
    private final AnswerWatch answers;
    private final CountDownLatch closing = new CountDownLatch(1);

    private volatile DestinationClient client;
    private RowSchema prepared;
    private boolean rested;

    /** The end of the load that is to be compared. */
    private Optional<PollEnded> loaded = Optional.empty();

    LaneWriter(
            Pipeline pipeline,
            WriterIdentity identity,
            Supplier<DestinationConnector> connector,
            DeliveryQueue queue,
            Gate gate,
            GateKeeper keeper,
            SendingRules rules,
            Recovery recovery,
            ResetComparison comparison,
            Backoff backoff,
            Recheck.Pauses recheck,
            Clock clock,
            Consumer<Throwable> bug) {
        this.pipeline = pipeline;
        this.identity = identity;
        this.connector = connector;
        this.queue = queue;
        this.gate = gate;
        this.keeper = keeper;
        this.status = gate.status();
        this.rules = rules;
        this.recovery = recovery;
        this.comparison = comparison;
        this.batches = new TimedBatches(queue, clock);
        this.backoff = backoff;
        this.recheck = recheck;
        this.clock = clock;
        this.bug = bug;
        this.condition = new DestinationCondition(pipeline.mapping(), status, clock);
        this.badRows =
                new BadRows(
                        pipeline,
                        this,
                        new RefusedRows(
                                queue, this, pipeline.deliver().retry().refusalWait(), clock));
        this.answers = new AnswerWatch(condition, keeper, PATIENCE, clock);
    }

    @Override
    public void run() {
        try {
            while (!isClosing()) {
                try {
                    serve();
                } catch (FencedException e) {
                    fenced(e);
                    return;
                } catch (InterruptedException e) {
                    if (isClosing()) {
                        return;
                    }
                    failed(e);
                } catch (Exception e) {
                    failed(e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            if (!isClosing()) {
                bug.accept(e);
            }
        } finally {
            letGo();
        }
    }

    /** One connection's life. Ends by an exception, or because another lane needs it more. */
    private void serve() throws Exception {
        client = connector.get().client(pipeline);
        stopIfClosing();
        answers.asked("the opening of the lane");
        identity.numbered(queue.acknowledged().numbering());
        client.expect(queue.acknowledged());
        LaneOpening opening = client.open(identity.lane());
        answers.over();
        stopIfClosing();
        identity.opened(opening.epoch());
        long done = recovery.opened(opening);
        if (recovery.wentOnWithoutRows()) {
            comparison.lostRows(client);
        }
        // delivered before the last run died, but after its last checkpoint counted them
        status.rowsWritten.addAndGet(done);
        tell(opening, done);
        gate.describe(opening.target());
        prepared = null;
        if (!condition.isBroken() || !queue.hasSendable()) {
            well();
        }
        client.whenWanted(queue::leave);
        compare();
        for (Optional<Batch> next = queue.nextUnlessWanted();
                next.isPresent();
                next = queue.nextUnlessWanted()) {
            Batch batch = next.get();
            stopIfClosing();
            if (batch.mark().isPresent()) {
                mark(batch.mark().get());
            } else {
                write(batch.rows());
            }
            compare();
            answers.over();
            well();
        }
        rest();
    }

    /** Once, not each time that another lane's place is given back. */
    private void tell(LaneOpening opening, long done) {
        String told =
                "{}: lane open under epoch {}, destination holds up to row {}, {} queued rows were"
                        + " there already";
        Object[] values = {pipeline.mapping(), opening.epoch(), opening.lastNumber(), done};
        if (rested) {
            LOG.debug(told, values);
        } else {
            LOG.info(told, values);
        }
        rested = false;
    }

    /** Without a connection, until there is something to do that takes one. */
    private void rest() throws InterruptedException {
        letGo();
        rested = true;
        for (Batch next = queue.next(); isForUs(next); next = queue.next()) {
            passed(next.mark().get());
        }
    }

    private boolean isForUs(Batch batch) {
        return !comparison.isOpen()
                && batch.mark().isPresent()
                && !(batch.mark().get() instanceof PollStarted started
                        && !started.schema().equals(prepared));
    }

    private void write(List<ChangeRow> rows) throws Exception {
        prepare(rows.get(0).schema());
        condition.show(MappingState.CATCHING_UP);
        answers.asked("%d rows that were sent".formatted(rows.size()));
        try {
            batches.write(client.writeTimeout(), rows.size(), () -> badRows.write(client, rows));
        } catch (PostponedRow postponed) {
            badRows.cure(client, postponed);
        }
    }

    @Override
    public void waits(String cause, Instant until) throws InterruptedException {
        stopIfClosing();
        // the gate stays open: what cures the row has to come
        answers.over();
        condition.broken(MappingState.WAITING_FOR_DESTINATION, cause, Optional.of(until));
    }

    private void mark(FlowElement mark) throws Exception {
        if (mark instanceof PollStarted started) {
            prepare(started.schema());
        }
        passed(mark);
    }

    private void passed(FlowElement mark) {
        queue.acknowledgeMark();
        if (mark instanceof PollEnded ended) {
            delivered(ended);
        }
    }

    /** Before anybody hears that the load is delivered. */
    private void compare() throws Exception {
        if (comparison.isDue()) {
            answers.asked("a comparison with the keys that are there");
            comparison.compare(client);
            answers.over();
        }
        loaded.ifPresent(this::delivered);
        loaded = Optional.empty();
    }

    private void delivered(PollEnded ended) {
        if (comparison.ended(ended)) {
            loaded = Optional.of(ended);
            return;
        }
        // what a broken-off read did not reach is not at the destination
        if (ended.complete()) {
            status.delivered(ended.asOf());
        }
        gate.acknowledge(ended.poll());
    }

    private void prepare(RowSchema schema) throws Exception {
        if (schema.equals(prepared)) {
            return;
        }
        answers.asked("a look at where rows go");
        client.expect(queue.acknowledged());
        client.prepare(schema);
        queue.deliversTo(client.targetIdentity());
        stopIfClosing();
        comparison.prepared(client);
        rules.decide(client.upserts(schema));
        queue.sendAtOnce(rules.atOnce());
        keeper.refresh();
        prepared = schema;
    }

    @Override
    public void written(List<ChangeRow> rows) {
        answers.heard();
        long bytes = 0;
        for (ChangeRow row : rows) {
            bytes += row.line().length;
        }
        status.rowsWritten.addAndGet(rows.size() - client.rowsSkipped());
        status.rowsSkipped.addAndGet(client.rowsSkipped());
        status.bytesWritten.addAndGet(bytes);
        settle(rows.get(rows.size() - 1).sequence());
    }

    @Override
    public void refused() throws InterruptedException {
        answers.heard();
        stopIfClosing();
    }

    @Override
    public void buried(ChangeRow row) throws InterruptedException {
        answers.heard();
        stopIfClosing();
        status.errors.incrementAndGet();
        status.rowsPutAside.incrementAndGet();
        settle(row.sequence());
    }

    private void settle(long number) {
        List<PollEnded> ended = queue.acknowledge(number);
        keeper.refresh();
        ended.forEach(this::delivered);
    }

    private void well() {
        backoff.reset();
        recheck.reset();
        // at rest this end has nothing to tell: the state that never hides the source's own
        condition.well(queue.rows() > 0 ? MappingState.CATCHING_UP : MappingState.FINISHED);
        keeper.ready();
    }

    private void failed(Exception failure) throws InterruptedException {
        if (isClosing()) {
            return;
        }
        answers.over();
        keeper.away();
        Optional<String> fault = OwnFault.described(failure);
        Failure kind = fault.isPresent() ? Failure.PERMANENT : kindOf(failure);
        letGo();
        rested = false;
        status.errors.incrementAndGet();
        boolean outage = kind == Failure.TRANSIENT;
        Duration pause = outage ? backoff.next() : recheck.next(kind);
        if (fault.isPresent() && !condition.isBroken()) {
            LOG.error("{}: a fault of evolvishub-cdc itself", pipeline.mapping(), failure);
        } else {
            LOG.debug("{}: failed", pipeline.mapping(), failure);
        }
        condition.broken(
                outage && !backoff.isExhausted()
                        ? MappingState.WAITING_FOR_DESTINATION
                        : MappingState.QUARANTINED,
                fault.orElseGet(() -> cause(failure)),
                Optional.of(clock.instant().plus(pause)));
        if (!closing.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
            status.retries.incrementAndGet();
        }
    }

    private Failure kindOf(Exception failure) {
        if (failure instanceof DestinationException
                || failure instanceof UnsupportedOperationException
                || client == null) {
            return Failure.PERMANENT;
        }
        return client.classify(failure);
    }

    private void fenced(FencedException fence) {
        answers.over();
        keeper.away();
        status.errors.incrementAndGet();
        condition.broken(MappingState.QUARANTINED, fence.getMessage(), Optional.empty());
    }

    private static String cause(Exception failure) {
        String message = failure.getMessage();
        String told = message == null || message.isBlank() ? failure.getClass().getName() : message;
        return told + ExpiredCertificate.toldOf(failure);
    }

    private void letGo() {
        DestinationClient held = client;
        if (held != null) {
            held.close();
            client = null;
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void stopIfClosing() throws InterruptedException {
        if (isClosing()) {
            throw new InterruptedException("closing");
        }
    }

    /** Tells if the destination owes an answer for too long. Callable from any thread. */
    void look() {
        answers.look();
    }

    /** Ends the thread soon, whatever it waits for. Callable from any thread, returns at once. */
    void close() {
        closing.countDown();
        DestinationClient held = client;
        if (held != null) {
            held.close();
        }
    }
}
