package com.evolvishub.cdc.sink.writer;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.connection.CertificateExpiryHint;
import com.evolvishub.cdc.runtime.pipeline.BackpressureGate;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import com.evolvishub.cdc.runtime.pipeline.PipelineStatus;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.runtime.row.PollStarted;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.failure.FailureKind;
import com.evolvishub.cdc.sink.failure.FencedException;
import com.evolvishub.cdc.sink.lifecycle.DestinationStatusReporter;
import com.evolvishub.cdc.sink.queue.BackpressureController;
import com.evolvishub.cdc.sink.queue.BatchSizeTuner;
import com.evolvishub.cdc.sink.queue.QueuedBatch;
import com.evolvishub.cdc.sink.queue.WriteAheadQueue;
import com.evolvishub.cdc.sink.recovery.ProgressReconciler;
import com.evolvishub.cdc.sink.recovery.ReloadComparison;
import com.evolvishub.cdc.sink.recovery.WriteAheadPolicy;
import com.evolvishub.cdc.sink.rejected.BisectingBatchWriter;
import com.evolvishub.cdc.sink.rejected.ConstraintRetry;
import com.evolvishub.cdc.sink.rejected.PostponedRowException;
import com.evolvishub.cdc.sink.spi.DestinationClient;
import com.evolvishub.cdc.sink.spi.DestinationConnector;
import com.evolvishub.cdc.sink.spi.RecoveredProgress;
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
 * The I/O thread of a pipeline. Opens the destination, delivers the queue's rows and poll markers
 * in order, and starts again after any failure. No other thread waits for it. After {@link #close}
 * it starts no further write: the client's connection is closed, and fencing rejects what a call in
 * flight still sends once a new writer has opened.
 */
final class DestinationWriter
        implements Runnable, BisectingBatchWriter.Outcome, ConstraintRetry.Outcome {

    private static final Logger LOG = LoggerFactory.getLogger(DestinationWriter.class);

    /** How long a response may take before the status reports it. */
    private static final Duration SLOW_RESPONSE_AFTER = Duration.ofSeconds(10);

    private final Pipeline pipeline;
    private final WriterAttempt identity;
    private final Supplier<DestinationConnector> connector;
    private final WriteAheadQueue queue;
    private final BackpressureGate gate;
    private final BackpressureController backpressure;
    private final PipelineStatus status;
    private final DeliveryBackoff backoff;
    private final RecheckSchedule.Delays recheck;
    private final Clock clock;
    private final Consumer<Throwable> internalErrors;
    private final WriteAheadPolicy policy;
    private final ProgressReconciler recovery;
    private final ReloadComparison comparison;
    private final BatchSizeTuner batches;
    private final DestinationStatusReporter statusReporter;
    private final BisectingBatchWriter batchWriter;
    private final SlowResponseMonitor slowResponses;
    private final CountDownLatch closing = new CountDownLatch(1);

    private volatile DestinationClient client;
    private RowSchema prepared;
    private boolean releasedConnection;

    /** The end of the poll that completed the load, until the load is compared. */
    private Optional<PollEnded> loaded = Optional.empty();

    DestinationWriter(
            Pipeline pipeline,
            WriterAttempt identity,
            Supplier<DestinationConnector> connector,
            WriteAheadQueue queue,
            BackpressureGate gate,
            BackpressureController backpressure,
            WriteAheadPolicy policy,
            ProgressReconciler recovery,
            ReloadComparison comparison,
            DeliveryBackoff backoff,
            RecheckSchedule.Delays recheck,
            Clock clock,
            Consumer<Throwable> internalErrors) {
        this.pipeline = pipeline;
        this.identity = identity;
        this.connector = connector;
        this.queue = queue;
        this.gate = gate;
        this.backpressure = backpressure;
        this.status = gate.status();
        this.policy = policy;
        this.recovery = recovery;
        this.comparison = comparison;
        this.batches = new BatchSizeTuner(queue, clock);
        this.backoff = backoff;
        this.recheck = recheck;
        this.clock = clock;
        this.internalErrors = internalErrors;
        this.statusReporter = new DestinationStatusReporter(pipeline.mapping(), status, clock);
        this.batchWriter =
                new BisectingBatchWriter(
                        pipeline,
                        this,
                        new ConstraintRetry(
                                queue, this, pipeline.deliver().retry().refusalWait(), clock));
        this.slowResponses =
                new SlowResponseMonitor(statusReporter, backpressure, SLOW_RESPONSE_AFTER, clock);
    }

    @Override
    public void run() {
        try {
            while (!isClosing()) {
                try {
                    runConnection();
                } catch (FencedException e) {
                    handleFencing(e);
                    return;
                } catch (InterruptedException e) {
                    if (isClosing()) {
                        return;
                    }
                    handleFailure(e);
                } catch (Exception e) {
                    handleFailure(e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            if (!isClosing()) {
                internalErrors.accept(e);
            }
        } finally {
            closeClient();
        }
    }

    /** Runs one connection until it fails or another pipeline needs its permit. */
    private void runConnection() throws Exception {
        client = connector.get().client(pipeline);
        stopIfClosing();
        slowResponses.start("the opening of the lane");
        identity.useSequenceHistory(queue.acknowledged().sequenceHistory());
        client.expectProgress(queue.acknowledged());
        RecoveredProgress recovered = client.open(identity.identity());
        slowResponses.finish();
        stopIfClosing();
        identity.onOpened(recovered.epoch());
        long alreadyWritten = recovery.onOpened(recovered);
        if (recovery.wentOnWithoutRows()) {
            comparison.lostRows(client);
        }
        // delivered before the last run ended, but after its last checkpoint
        status.rowsWritten.addAndGet(alreadyWritten);
        logOpening(recovered, alreadyWritten);
        gate.setDestination(recovered.target());
        prepared = null;
        if (!statusReporter.isUnavailable() || !queue.hasSendable()) {
            markHealthy();
        }
        client.onReleaseRequested(queue::requestRelease);
        compare();
        for (Optional<QueuedBatch> next = queue.nextUnlessReleaseRequested();
                next.isPresent();
                next = queue.nextUnlessReleaseRequested()) {
            QueuedBatch batch = next.get();
            stopIfClosing();
            if (batch.marker().isPresent()) {
                handleMarker(batch.marker().get());
            } else {
                write(batch.rows());
            }
            compare();
            slowResponses.finish();
            markHealthy();
        }
        waitWithoutConnection();
    }

    /** Logs at info, but at debug when the connection was only released for another pipeline. */
    private void logOpening(RecoveredProgress recovered, long alreadyWritten) {
        String message =
                "{}: lane open under epoch {}, destination holds up to row {}, {} queued rows were"
                        + " there already";
        Object[] values = {
            pipeline.mapping(), recovered.epoch(), recovered.lastSequence(), alreadyWritten
        };
        if (releasedConnection) {
            LOG.debug(message, values);
        } else {
            LOG.info(message, values);
        }
        releasedConnection = false;
    }

    /** Waits without a connection until there is something to do that needs one. */
    private void waitWithoutConnection() throws InterruptedException {
        closeClient();
        releasedConnection = true;
        for (QueuedBatch next = queue.next(); needsNoConnection(next); next = queue.next()) {
            acknowledgeMarker(next.marker().get());
        }
    }

    private boolean needsNoConnection(QueuedBatch batch) {
        return !comparison.isActive()
                && batch.marker().isPresent()
                && !(batch.marker().get() instanceof PollStarted started
                        && !started.schema().equals(prepared));
    }

    private void write(List<ChangeRow> rows) throws Exception {
        prepare(rows.get(0).schema());
        statusReporter.report(MappingState.CATCHING_UP);
        slowResponses.start("%d rows that were sent".formatted(rows.size()));
        try {
            batches.write(
                    client.writeTimeout(), rows.size(), () -> batchWriter.write(client, rows));
        } catch (PostponedRowException postponed) {
            batchWriter.retryPostponed(client, postponed);
        }
    }

    @Override
    public void onWaiting(String cause, Instant until) throws InterruptedException {
        stopIfClosing();
        // the gate stays open: the retry needs later rows to succeed
        slowResponses.finish();
        statusReporter.markUnavailable(
                MappingState.WAITING_FOR_DESTINATION, cause, Optional.of(until));
    }

    private void handleMarker(PipelineElement marker) throws Exception {
        if (marker instanceof PollStarted started) {
            prepare(started.schema());
        }
        acknowledgeMarker(marker);
    }

    private void acknowledgeMarker(PipelineElement marker) {
        queue.acknowledgeMarker();
        if (marker instanceof PollEnded ended) {
            delivered(ended);
        }
    }

    /** Compares a finished load, before it is reported as delivered. */
    private void compare() throws Exception {
        if (comparison.isDue()) {
            slowResponses.start("a comparison with the keys that are there");
            comparison.compare(client);
            slowResponses.finish();
        }
        loaded.ifPresent(this::delivered);
        loaded = Optional.empty();
    }

    private void delivered(PollEnded ended) {
        if (comparison.onPollDelivered(ended)) {
            loaded = Optional.of(ended);
            return;
        }
        // an aborted read has not delivered all rows up to its time
        if (ended.complete()) {
            status.recordDelivery(ended.asOf());
        }
        gate.acknowledge(ended.poll());
    }

    private void prepare(RowSchema schema) throws Exception {
        if (schema.equals(prepared)) {
            return;
        }
        slowResponses.start("a look at where rows go");
        client.expectProgress(queue.acknowledged());
        client.prepare(schema);
        queue.setTarget(client.targetId());
        stopIfClosing();
        comparison.onPrepared(client);
        policy.decide(client.upserts(schema));
        queue.sendImmediately(policy.sendsImmediately());
        backpressure.refresh();
        prepared = schema;
    }

    @Override
    public void onWritten(List<ChangeRow> rows) {
        slowResponses.progress();
        long bytes = 0;
        for (ChangeRow row : rows) {
            bytes += row.line().length;
        }
        status.rowsWritten.addAndGet(rows.size() - client.rowsSkipped());
        status.rowsSkipped.addAndGet(client.rowsSkipped());
        status.bytesWritten.addAndGet(bytes);
        acknowledge(rows.get(rows.size() - 1).sequence());
    }

    @Override
    public void onRejected() throws InterruptedException {
        slowResponses.progress();
        stopIfClosing();
    }

    @Override
    public void onDeadLettered(ChangeRow row) throws InterruptedException {
        slowResponses.progress();
        stopIfClosing();
        status.errors.incrementAndGet();
        status.rowsDeadLettered.incrementAndGet();
        acknowledge(row.sequence());
    }

    private void acknowledge(long sequence) {
        List<PollEnded> ended = queue.acknowledge(sequence);
        backpressure.refresh();
        ended.forEach(this::delivered);
    }

    private void markHealthy() {
        backoff.reset();
        recheck.reset();
        // when idle, FINISHED: the state that never hides the source's state
        statusReporter.markHealthy(
                queue.rows() > 0 ? MappingState.CATCHING_UP : MappingState.FINISHED);
        backpressure.markHealthy();
    }

    private void handleFailure(Exception failure) throws InterruptedException {
        if (isClosing()) {
            return;
        }
        slowResponses.finish();
        backpressure.markUnavailable();
        Optional<String> internalError = InternalErrorDetector.describe(failure);
        FailureKind kind = internalError.isPresent() ? FailureKind.PERMANENT : kindOf(failure);
        closeClient();
        releasedConnection = false;
        status.errors.incrementAndGet();
        boolean outage = kind == FailureKind.TRANSIENT;
        Duration delay = outage ? backoff.next() : recheck.next(kind);
        if (internalError.isPresent() && !statusReporter.isUnavailable()) {
            LOG.error("{}: a fault of evolvishub-cdc itself", pipeline.mapping(), failure);
        } else {
            LOG.debug("{}: failed", pipeline.mapping(), failure);
        }
        statusReporter.markUnavailable(
                outage && !backoff.isExhausted()
                        ? MappingState.WAITING_FOR_DESTINATION
                        : MappingState.QUARANTINED,
                internalError.orElseGet(() -> cause(failure)),
                Optional.of(clock.instant().plus(delay)));
        if (!closing.await(delay.toNanos(), TimeUnit.NANOSECONDS)) {
            status.retries.incrementAndGet();
        }
    }

    private FailureKind kindOf(Exception failure) {
        if (failure instanceof DestinationException
                || failure instanceof UnsupportedOperationException
                || client == null) {
            return FailureKind.PERMANENT;
        }
        return client.classify(failure);
    }

    private void handleFencing(FencedException fencing) {
        slowResponses.finish();
        backpressure.markUnavailable();
        status.errors.incrementAndGet();
        statusReporter.markUnavailable(
                MappingState.QUARANTINED, fencing.getMessage(), Optional.empty());
    }

    private static String cause(Exception failure) {
        String message = failure.getMessage();
        String text = message == null || message.isBlank() ? failure.getClass().getName() : message;
        return text + CertificateExpiryHint.describe(failure);
    }

    private void closeClient() {
        DestinationClient current = client;
        if (current != null) {
            current.close();
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

    /** Reports a destination that has not responded for too long. Callable from any thread. */
    void checkResponseTime() {
        slowResponses.check();
    }

    /** Ends the thread soon, whatever it waits for. Callable from any thread; does not block. */
    void close() {
        closing.countDown();
        DestinationClient current = client;
        if (current != null) {
            current.close();
        }
    }
}
