package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Condition;
import com.evolvishub.cdc.flow.FlowElement;
import com.evolvishub.cdc.flow.Gate;
import com.evolvishub.cdc.flow.LaneStatus;
import com.evolvishub.cdc.flow.MappingState;
import com.evolvishub.cdc.flow.PollEnded;
import com.evolvishub.cdc.flow.PollStarted;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.OnBadRow;
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
final class LaneWriter implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(LaneWriter.class);

    private final Pipeline pipeline;
    private final WriterIdentity identity;
    private final Supplier<DestinationConnector> connector;
    private final DeliveryQueue queue;
    private final Gate gate;
    private final GateKeeper keeper;
    private final LaneStatus status;
    private final Backoff backoff;
    private final Duration recheck;
    private final Clock clock;
    private final Consumer<Throwable> bug;
    private final SendingRules rules;
    private final CountDownLatch closing = new CountDownLatch(1);

    private volatile DestinationClient client;
    private RowSchema prepared;
    private boolean mended = true;

    LaneWriter(
            Pipeline pipeline,
            WriterIdentity identity,
            Supplier<DestinationConnector> connector,
            DeliveryQueue queue,
            Gate gate,
            GateKeeper keeper,
            SendingRules rules,
            Backoff backoff,
            Duration recheck,
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
        this.backoff = backoff;
        this.recheck = recheck;
        this.clock = clock;
        this.bug = bug;
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

    /** One connection's life. Ends by an exception only. */
    private void serve() throws Exception {
        client = connector.get().client(pipeline);
        stopIfClosing();
        LaneOpening opening = client.open(identity.lane());
        stopIfClosing();
        identity.opened(opening.epoch());
        rules.opened(opening.lastNumber());
        long done = queue.opened(opening.lastNumber());
        // delivered before the last run died, but after its last checkpoint counted them
        status.rowsWritten.addAndGet(done);
        LOG.info(
                "{}: lane open under epoch {}, destination holds up to row {}, {} queued rows were"
                        + " there already",
                pipeline.mapping(),
                opening.epoch(),
                opening.lastNumber(),
                done);
        gate.describe(opening.target());
        prepared = null;
        if (mended || !queue.hasSendable()) {
            well();
        }
        while (true) {
            Batch batch = queue.next();
            stopIfClosing();
            if (batch.mark().isPresent()) {
                mark(batch.mark().get());
            } else {
                RowSchema schema = batch.rows().get(0).schema();
                prepare(schema);
                show(MappingState.CATCHING_UP);
                write(batch.rows());
            }
            well();
        }
    }

    private void mark(FlowElement mark) throws Exception {
        if (mark instanceof PollStarted started) {
            prepare(started.schema());
        }
        queue.acknowledgeMark();
        if (mark instanceof PollEnded ended) {
            delivered(ended);
        }
    }

    private void delivered(PollEnded ended) {
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
        client.prepare(schema);
        stopIfClosing();
        rules.decide(client.upserts(schema));
        queue.sendAtOnce(rules.atOnce());
        keeper.refresh();
        prepared = schema;
    }

    /** Writes a batch; if the destination refuses a row of it, finds the row by halving. */
    private void write(List<ChangeRow> rows) throws Exception {
        try {
            client.write(rows);
        } catch (BadRowException e) {
            stopIfClosing();
            if (rows.size() == 1) {
                refused(rows.get(0), e);
                return;
            }
            int half = rows.size() / 2;
            write(rows.subList(0, half));
            write(rows.subList(half, rows.size()));
            return;
        }
        acknowledge(rows);
    }

    private void refused(ChangeRow row, BadRowException refusal) throws Exception {
        String error = BadRow.describe(row, refusal);
        if (pipeline.deliver().onBadRow() == OnBadRow.QUARANTINE || !client.keepsDeadLetters()) {
            throw new DestinationException(error, refusal);
        }
        client.writeDeadLetter(row, error);
        stopIfClosing();
        LOG.warn("{}: to the dead letters: {}", pipeline.mapping(), error);
        status.errors.incrementAndGet();
        settle(row.sequence());
    }

    private void acknowledge(List<ChangeRow> rows) {
        long bytes = 0;
        for (ChangeRow row : rows) {
            bytes += row.line().length;
        }
        status.rowsWritten.addAndGet(rows.size());
        status.bytesWritten.addAndGet(bytes);
        settle(rows.get(rows.size() - 1).sequence());
    }

    private void settle(long number) {
        List<PollEnded> ended = queue.acknowledge(number);
        keeper.refresh();
        ended.forEach(this::delivered);
    }

    private void well() {
        mended = true;
        backoff.reset();
        // at rest this end has nothing to tell: the state that never hides the source's own
        show(queue.rows() > 0 ? MappingState.CATCHING_UP : MappingState.FINISHED);
        keeper.ready();
    }

    private void show(MappingState state) {
        if (mended && status.destination().state() != state) {
            status.destination(Condition.of(state, clock.instant()));
        }
    }

    private void failed(Exception failure) throws InterruptedException {
        if (isClosing()) {
            return;
        }
        keeper.away();
        Failure kind = kindOf(failure);
        letGo();
        mended = false;
        status.errors.incrementAndGet();
        boolean outage = kind == Failure.TRANSIENT;
        Duration pause = outage ? backoff.next() : recheck;
        LOG.warn(
                "{}: {}; next try in {} s",
                pipeline.mapping(),
                cause(failure),
                pause.toMillis() / 1000.0,
                failure);
        broken(
                outage ? MappingState.WAITING_FOR_DESTINATION : MappingState.QUARANTINED,
                cause(failure),
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
        keeper.away();
        mended = false;
        status.errors.incrementAndGet();
        LOG.error("{}: {}", pipeline.mapping(), fence.getMessage());
        broken(MappingState.QUARANTINED, fence.getMessage(), Optional.empty());
    }

    private void broken(MappingState state, String cause, Optional<Instant> nextTry) {
        Condition before = status.destination();
        Instant since = before.state() == state ? before.since() : clock.instant();
        status.destination(new Condition(state, since, cause, nextTry));
    }

    private static String cause(Exception failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getName() : message;
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

    /** Ends the thread soon, whatever it waits for. Callable from any thread, returns at once. */
    void close() {
        closing.countDown();
        DestinationClient held = client;
        if (held != null) {
            held.close();
        }
    }
}
