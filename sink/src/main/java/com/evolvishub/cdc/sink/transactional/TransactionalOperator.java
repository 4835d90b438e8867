package com.evolvishub.cdc.sink.transactional;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.pipeline.BackpressureGate;
import com.evolvishub.cdc.runtime.pipeline.EndpointStatus;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.runtime.row.PollStarted;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.runtime.serialization.PipelineElementTypeInfo;
import com.evolvishub.cdc.sink.failure.RowsLostException;
import com.evolvishub.cdc.sink.lifecycle.DestinationStatusReporter;
import com.evolvishub.cdc.sink.lifecycle.PipelineStartup;
import com.evolvishub.cdc.sink.lifecycle.StopOnQuarantine;
import com.evolvishub.cdc.sink.progress.Progress;
import com.evolvishub.cdc.sink.progress.SequenceHistory;
import com.evolvishub.cdc.sink.spi.DestinationClient;
import com.evolvishub.cdc.sink.spi.DestinationConnectors;
import com.evolvishub.cdc.sink.spi.TransactionalSinkFactory;
import com.evolvishub.cdc.sink.state.DeliveryState;
import com.evolvishub.cdc.sink.state.DeliveryStateSerializer;
import com.evolvishub.cdc.sink.state.PipelineTotals;
import com.evolvishub.cdc.sink.state.ReloadComparisonState;
import com.evolvishub.cdc.sink.state.ResendBuffer;
import com.evolvishub.cdc.sink.writer.WriteAheadOperator;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operator in front of a two-phase-commit sink ({@code delivery: transactional}). It assigns
 * the pipeline's next sequence numbers to rows, removes poll markers, and reports committed polls
 * to the source.
 *
 * <p>Rows go directly to the sink; a blocked sink blocks the task, and so the checkpoints of the
 * job. An unavailable destination fails the task, and Flink restarts it.
 *
 * <p>If the sink requires it ({@link TransactionalSinkFactory#locksRows}), rows after a barrier are
 * held until the rows before it are committed: the commit runs in this task, which must not wait
 * for locks that only the commit releases.
 *
 * <p>Its state has the format of {@link WriteAheadOperator}, so that a mapping may change from one
 * to the other: sequence numbers continue, and rows in the restored queue are forwarded to the
 * sink.
 */
public final class TransactionalOperator extends AbstractStreamOperator<ChangeRow>
        implements OneInputStreamOperator<PipelineElement, ChangeRow> {
    private static final long serialVersionUID = 1L;

    private static final Logger LOG = LoggerFactory.getLogger(TransactionalOperator.class);

    private static final String STATE = "delivery";

    private final Pipeline pipeline;
    private final String run;
    private final RestoreMode restoreMode;
    private boolean failsWhenQuarantined;
    private boolean holdsUntilCommit;
    private boolean acceptsLoss;
    private List<String> predecessors = List.of();

    private transient PipelineStartup start;
    private transient ListState<DeliveryState> operatorState;
    private transient DeliveryState restored;
    private transient BackpressureGate gate;
    private transient Clock clock;
    private transient DestinationStatusReporter statusReporter;
    private transient DestinationClient client;
    private transient RowSchema prepared;
    private transient UncommittedRows uncommitted;
    private transient Deque<PipelineElement> heldRows;
    private transient boolean predecessorsDone;
    private transient long lastNumber;
    private transient Progress acknowledged;
    private transient StopOnQuarantine stopOnQuarantine;

    /**
     * @param run random id of this run of the job, the same as in the pipeline's source
     * @param restoreMode whether rows in the restored queue are delivered
     */
    public TransactionalOperator(Pipeline pipeline, String run, RestoreMode restoreMode) {
        this.pipeline = pipeline;
        this.run = run;
        this.restoreMode = restoreMode;
        setChainingStrategy(ChainingStrategy.ALWAYS);
    }

    /** See {@link WriteAheadOperator#stoppingOnQuarantine}. */
    public TransactionalOperator stoppingOnQuarantine() {
        failsWhenQuarantined = true;
        return this;
    }

    /** Holds rows after a barrier until the rows before it are committed. */
    public TransactionalOperator holdingRowsUntilCommit() {
        holdsUntilCommit = true;
        return this;
    }

    /** Continues although the destination lacks committed rows ({@code --accept-loss}). */
    public TransactionalOperator acceptingLoss() {
        acceptsLoss = true;
        return this;
    }

    /** See {@link WriteAheadOperator#awaitingPredecessors}. */
    public TransactionalOperator awaitingPredecessors(List<String> identities) {
        predecessors = new ArrayList<>(identities);
        return this;
    }

    /**
     * Adds this operator in front of the sink. The caller sets uid, name and slot-sharing group.
     */
    @SuppressWarnings("unchecked")
    public SingleOutputStreamOperator<ChangeRow> addTo(DataStream<PipelineElement> rows) {
        // no record is serialized: the sink is in the same chain
        TypeInformation<ChangeRow> type =
                (TypeInformation<ChangeRow>) (TypeInformation<?>) PipelineElementTypeInfo.INSTANCE;
        return rows.transform("deliver " + pipeline.mapping(), type, this).setParallelism(1);
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        start = new PipelineStartup(pipeline, run);
        operatorState =
                context.getOperatorStateStore()
                        .getListState(
                                new ListStateDescriptor<>(STATE, DeliveryStateSerializer.INSTANCE));
        restored = start.takeRestoredState(operatorState, restoreMode);
    }

    /** Flink opens a chain from its tail: the sink is open already, the source is not. */
    @Override
    public void open() throws Exception {
        super.open();
        clock = Clock.systemUTC();
        uncommitted = new UncommittedRows();
        heldRows = new ArrayDeque<>();
        lastNumber = restored.lastNumber();
        gate = start.createGate(restored, getMetricGroup(), clock);
        statusReporter = new DestinationStatusReporter(pipeline.mapping(), gate.status(), clock);
        gate.status().destination(EndpointStatus.of(MappingState.STARTING, clock.instant()));
        client = DestinationConnectors.load().connector(type()).client(pipeline);
        failOnLostRows();
        // rows in the queue of write-ahead delivery, or held until a commit
        for (PipelineElement element : restored.queue()) {
            accept(element);
        }
        if (failsWhenQuarantined) {
            stopOnQuarantine =
                    start.createStopOnQuarantine(
                            gate,
                            clock,
                            getContainingTask().getEnvironment(),
                            getProcessingTimeService());
        }
        gate.setDestination(client.describeDestination());
        reportIdle();
        if (predecessors.isEmpty()) {
            onPredecessorsDone();
        } else {
            start.awaitPredecessors(
                    predecessors, clock, getProcessingTimeService(), this::onPredecessorsDone);
        }
    }

    /**
     * Compares the progress record with the state. The sink has by now committed all rows that the
     * state counts as forwarded. Rows that a disabled mapping or write-ahead delivery did not
     * commit in time have been rolled back.
     */
    private void failOnLostRows() throws Exception {
        SequenceHistory sequenceHistory =
                restored.acknowledged()
                        .sequenceHistory()
                        .continuedBy(UUID.randomUUID().toString(), lastNumber);
        acknowledged =
                new Progress(
                        restored.acknowledged().lastSequence(),
                        sequenceHistory,
                        restored.acknowledged().incarnation(),
                        restored.acknowledged().targetId());
        Optional<Progress> recorded = client.progress();
        if (recorded.isEmpty()) {
            acknowledged = acknowledged.withoutStoredRecord();
            return;
        }
        if (restoreMode == RestoreMode.RESET && acknowledged.lastSequence() > 0) {
            LOG.warn(
                    "{}: the mapping loads anew, but with delivery: transactional what the"
                            + " destination holds already is not compared with the source: rows and"
                            + " keys that the source no longer has stay",
                    pipeline.mapping());
        }
        boolean continues =
                restoreMode == RestoreMode.RESET
                        || (acceptsLoss && !restored.lossAcceptedByRun().equals(run));
        boolean replaced =
                acknowledged.isRecorded()
                        && !acknowledged.incarnation().equals(recorded.get().incarnation());
        if (!continues
                && (replaced || recorded.get().lastSequence() < acknowledged.lastSequence())) {
            throw RowsLostException.of(
                    replaced ? 1 : recorded.get().lastSequence() + 1,
                    acknowledged.lastSequence(),
                    replaced
                            ? "its progress record is another one, as of another server or of one"
                                    + " that was made anew"
                            : "a prepared transaction was rolled back, or the destination is an"
                                    + " older copy of what it was",
                    pipeline.mapping());
        }
        acknowledged =
                new Progress(
                        acknowledged.lastSequence(),
                        sequenceHistory,
                        recorded.get().incarnation(),
                        continues ? "" : acknowledged.targetId());
    }

    private String type() {
        return pipeline.deliver().destination().type();
    }

    private void onPredecessorsDone() {
        predecessorsDone = true;
        openGateIfReady();
    }

    private void openGateIfReady() {
        if (predecessorsDone && heldRows.isEmpty() && !waitsForCommit()) {
            gate.open();
        }
    }

    private void reportIdle() {
        if (gate.status().rowsQueued.get() == 0) {
            statusReporter.report(MappingState.FINISHED);
        }
    }

    @Override
    public void processElement(StreamRecord<PipelineElement> element) throws Exception {
        PipelineElement value = element.getValue();
        accept(value instanceof ChangeRow row ? row.withSequence(++lastNumber) : value);
    }

    private void accept(PipelineElement element) throws Exception {
        if (element instanceof ChangeRow) {
            gate.status().rowsQueued.incrementAndGet();
            statusReporter.report(MappingState.CATCHING_UP);
        }
        if (heldRows.isEmpty() && canForward(element)) {
            forward(element);
        } else {
            heldRows.add(element);
            gate.close();
        }
    }

    /** A changed schema may alter the table, which uncommitted rows lock. */
    private boolean canForward(PipelineElement element) {
        return !waitsForCommit()
                && !(holdsUntilCommit && changesSchema(element) && uncommitted.rows() > 0);
    }

    private boolean waitsForCommit() {
        return holdsUntilCommit && uncommitted.sealedRows() > 0;
    }

    private boolean changesSchema(PipelineElement element) {
        if (element instanceof ChangeRow row) {
            return !row.schema().equals(prepared);
        }
        return element instanceof PollStarted started && !started.schema().equals(prepared);
    }

    private void forward(PipelineElement element) throws Exception {
        if (element instanceof ChangeRow row) {
            prepare(row.schema());
            output.collect(new StreamRecord<>(row));
            uncommitted.add(row);
        } else {
            handleMarker(element);
        }
    }

    private void handleMarker(PipelineElement marker) throws Exception {
        if (marker instanceof PollStarted started) {
            prepare(started.schema());
        } else if (marker instanceof PollEnded ended) {
            uncommitted.add(ended);
        }
    }

    private void prepare(RowSchema schema) throws Exception {
        if (!schema.equals(prepared)) {
            client.expectProgress(acknowledged);
            client.prepare(schema);
            acknowledged = acknowledged.deliveredTo(client.targetId());
            prepared = schema;
        }
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        if (stopOnQuarantine != null) {
            stopOnQuarantine.checkpointBegun(context.getCheckpointId());
        }
        uncommitted.seal(context.getCheckpointId());
        if (waitsForCommit()) {
            gate.close();
        }
        // a restore commits the rows in the sink's own state, so they count as written
        UncommittedRows.Part all = uncommitted.all();
        operatorState.update(
                List.of(
                        new DeliveryState(
                                lastNumber,
                                false,
                                run,
                                restored.epochOf(run),
                                Math.max(gate.acknowledgedPoll(), all.poll()),
                                PipelineTotals.of(gate.status())
                                        .plus(all.rows(), all.bytes(), all.asOf()),
                                acknowledged.at(lastForwarded(), acknowledged.targetId()),
                                ResendBuffer.Tail.none(lastForwarded()),
                                run,
                                ReloadComparisonState.NONE,
                                List.copyOf(heldRows))));
    }

    /** Sequence number of the last row that was forwarded to the sink. */
    private long lastForwarded() {
        return heldRows.stream()
                .filter(ChangeRow.class::isInstance)
                .mapToLong(element -> ((ChangeRow) element).sequence() - 1)
                .findFirst()
                .orElse(lastNumber);
    }

    /** Flink notifies a chain from its tail: the sink has committed already. */
    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        UncommittedRows.Part committed = uncommitted.commit(checkpointId);
        gate.status().rowsWritten.addAndGet(committed.rows());
        gate.status().bytesWritten.addAndGet(committed.bytes());
        gate.status().rowsQueued.addAndGet(-committed.rows());
        committed.asOf().ifPresent(gate.status()::recordDelivery);
        gate.acknowledge(committed.poll());
        while (!heldRows.isEmpty() && canForward(heldRows.element())) {
            forward(heldRows.remove());
        }
        reportIdle();
        openGateIfReady();
        if (stopOnQuarantine != null) {
            stopOnQuarantine.checkpointComplete(checkpointId);
        }
    }

    @Override
    public void close() throws Exception {
        if (gate != null) {
            gate.close();
            gate.remove();
        }
        if (client != null) {
            client.close();
        }
        super.close();
    }
}
