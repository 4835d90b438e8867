package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Condition;
import com.evolvishub.cdc.flow.FlowElement;
import com.evolvishub.cdc.flow.FlowElementTypeInfo;
import com.evolvishub.cdc.flow.Gate;
import com.evolvishub.cdc.flow.MappingState;
import com.evolvishub.cdc.flow.PollEnded;
import com.evolvishub.cdc.flow.PollStarted;
import com.evolvishub.cdc.flow.Resumption;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.planner.physical.Pipeline;
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
 * What stands before a two-phase sink ({@code delivery: transactional}). It gives rows the lane's
 * next numbers, keeps the marks of polls to itself, and tells the source what has been committed.
 *
 * <p>Rows go straight to the sink, and a sink that is stuck holds up the task, and with it the
 * checkpoints of the job. A destination that is away ends the task, which Flink starts again.
 *
 * <p>Where the sink asks for it ({@link TransactionalSink#locksRows}), rows are held back from a
 * barrier until what came before it is committed: the commit needs this very task, which must not
 * wait for locks that only the commit lets go.
 *
 * <p>Its state is that of {@link Delivery}, so that a mapping may change from one to the other:
 * numbers go on, and rows that the other had in its queue are handed to the sink.
 */
public final class TransactionalLane extends AbstractStreamOperator<ChangeRow>
        implements OneInputStreamOperator<FlowElement, ChangeRow> {
    private static final long serialVersionUID = 1L;

    private static final Logger LOG = LoggerFactory.getLogger(TransactionalLane.class);

    private static final String STATE = "delivery";

    private final Pipeline pipeline;
    private final String run;
    private final Resumption resumption;
    private boolean failsWhenQuarantined;
    private boolean holdsBack;
    private boolean acceptsLoss;
    private List<String> earlier = List.of();

    private transient LaneStart start;
    private transient ListState<DeliveryState> kept;
    private transient DeliveryState restored;
    private transient Gate gate;
    private transient Clock clock;
    private transient DestinationCondition condition;
    private transient DestinationClient client;
    private transient RowSchema prepared;
    private transient Uncommitted uncommitted;
    private transient Deque<FlowElement> held;
    private transient boolean hasTurn;
    private transient long lastNumber;
    private transient Progress acknowledged;
    private transient QuarantineWatch watch;

    /**
     * @param run random id of this run of the job, the same in the lane's source
     * @param resumption whether rows that an earlier run has left in the queue are delivered
     */
    public TransactionalLane(Pipeline pipeline, String run, Resumption resumption) {
        this.pipeline = pipeline;
        this.run = run;
        this.resumption = resumption;
        setChainingStrategy(ChainingStrategy.ALWAYS);
    }

    /** See {@link Delivery#failingWhenQuarantined}. */
    public TransactionalLane failingWhenQuarantined() {
        failsWhenQuarantined = true;
        return this;
    }

    /** Rows wait for the commit of those before them. */
    public TransactionalLane holdingBack() {
        holdsBack = true;
        return this;
    }

    /** Goes on although the destination lacks rows that were committed ({@code --accept-loss}). */
    public TransactionalLane acceptingLoss() {
        acceptsLoss = true;
        return this;
    }

    /** See {@link Delivery#after}. */
    public TransactionalLane after(List<String> identities) {
        earlier = new ArrayList<>(identities);
        return this;
    }

    /** Puts this before the lane's sink. Uid, name and slot-sharing group are the caller's. */
    @SuppressWarnings("unchecked")
    public SingleOutputStreamOperator<ChangeRow> behind(DataStream<FlowElement> rows) {
        // never used: the sink is in the same chain
        TypeInformation<ChangeRow> type =
                (TypeInformation<ChangeRow>) (TypeInformation<?>) FlowElementTypeInfo.INSTANCE;
        return rows.transform("deliver " + pipeline.mapping(), type, this).setParallelism(1);
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        start = new LaneStart(pipeline, run);
        kept =
                context.getOperatorStateStore()
                        .getListState(
                                new ListStateDescriptor<>(STATE, DeliveryStateSerializer.INSTANCE));
        restored = start.restored(kept, resumption);
    }

    /** Flink opens a chain from its tail: the sink is there by now, and the source is not yet. */
    @Override
    public void open() throws Exception {
        super.open();
        clock = Clock.systemUTC();
        uncommitted = new Uncommitted();
        held = new ArrayDeque<>();
        lastNumber = restored.lastNumber();
        gate = start.gate(restored, getMetricGroup(), clock);
        condition = new DestinationCondition(pipeline.mapping(), gate.status(), clock);
        gate.status().destination(Condition.of(MappingState.STARTING, clock.instant()));
        client = Destinations.load().connector(type()).client(pipeline);
        refuseLoss();
        // what another kind of delivery had numbered, or what was held back
        for (FlowElement element : restored.queue()) {
            accept(element);
        }
        if (failsWhenQuarantined) {
            watch =
                    start.watch(
                            gate,
                            clock,
                            getContainingTask().getEnvironment(),
                            getProcessingTimeService());
        }
        gate.describe(client.target());
        showRest();
        if (earlier.isEmpty()) {
            turnHasCome();
        } else {
            start.awaitTurn(earlier, clock, getProcessingTimeService(), this::turnHasCome);
        }
    }

    /**
     * The sink has committed by now what the state says was handed to it. What a parked mapping, or
     * another kind of delivery, did not commit when its turn was, has been rolled back since.
     */
    private void refuseLoss() throws Exception {
        Numbering numbering =
                restored.acknowledged()
                        .numbering()
                        .continuedBy(UUID.randomUUID().toString(), lastNumber);
        acknowledged =
                new Progress(
                        restored.acknowledged().number(),
                        numbering,
                        restored.acknowledged().incarnation(),
                        restored.acknowledged().target());
        Optional<Progress> there = client.progress();
        if (there.isEmpty()) {
            acknowledged = acknowledged.withoutRecord();
            return;
        }
        if (resumption == Resumption.RESET && acknowledged.number() > 0) {
            LOG.warn(
                    "{}: the mapping loads anew, but with delivery: transactional what the"
                            + " destination holds already is not compared with the source: rows and"
                            + " keys that the source no longer has stay",
                    pipeline.mapping());
        }
        boolean goesOn =
                resumption == Resumption.RESET
                        || (acceptsLoss && !restored.lossAcceptedBy().equals(run));
        boolean replaced =
                acknowledged.isRecorded()
                        && !acknowledged.incarnation().equals(there.get().incarnation());
        if (!goesOn && (replaced || there.get().number() < acknowledged.number())) {
            throw RowsLostException.of(
                    replaced ? 1 : there.get().number() + 1,
                    acknowledged.number(),
                    replaced
                            ? "its progress record is another one, as of another server or of one"
                                    + " that was made anew"
                            : "a prepared transaction was rolled back, or the destination is an"
                                    + " older copy of what it was",
                    pipeline.mapping());
        }
        acknowledged =
                new Progress(
                        acknowledged.number(),
                        numbering,
                        there.get().incarnation(),
                        goesOn ? "" : acknowledged.target());
    }

    private String type() {
        return pipeline.deliver().destination().type();
    }

    private void turnHasCome() {
        hasTurn = true;
        openIfFree();
    }

    private void openIfFree() {
        if (hasTurn && held.isEmpty() && !waitsForCommit()) {
            gate.open();
        }
    }

    private void showRest() {
        if (gate.status().rowsQueued.get() == 0) {
            condition.show(MappingState.FINISHED);
        }
    }

    @Override
    public void processElement(StreamRecord<FlowElement> element) throws Exception {
        FlowElement value = element.getValue();
        accept(value instanceof ChangeRow row ? row.numbered(++lastNumber) : value);
    }

    private void accept(FlowElement element) throws Exception {
        if (element instanceof ChangeRow) {
            gate.status().rowsQueued.incrementAndGet();
            condition.show(MappingState.CATCHING_UP);
        }
        if (held.isEmpty() && mayPass(element)) {
            pass(element);
        } else {
            held.add(element);
            gate.close();
        }
    }

    /** A changed schema may change the table, which rows under way hold as it is. */
    private boolean mayPass(FlowElement element) {
        return !waitsForCommit()
                && !(holdsBack && changesSchema(element) && uncommitted.rows() > 0);
    }

    private boolean waitsForCommit() {
        return holdsBack && uncommitted.sealedRows() > 0;
    }

    private boolean changesSchema(FlowElement element) {
        if (element instanceof ChangeRow row) {
            return !row.schema().equals(prepared);
        }
        return element instanceof PollStarted started && !started.schema().equals(prepared);
    }

    private void pass(FlowElement element) throws Exception {
        if (element instanceof ChangeRow row) {
            prepare(row.schema());
            output.collect(new StreamRecord<>(row));
            uncommitted.add(row);
        } else {
            mark(element);
        }
    }

    private void mark(FlowElement mark) throws Exception {
        if (mark instanceof PollStarted started) {
            prepare(started.schema());
        } else if (mark instanceof PollEnded ended) {
            uncommitted.add(ended);
        }
    }

    private void prepare(RowSchema schema) throws Exception {
        if (!schema.equals(prepared)) {
            client.expect(acknowledged);
            client.prepare(schema);
            acknowledged = acknowledged.deliveredTo(client.targetIdentity());
            prepared = schema;
        }
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        if (watch != null) {
            watch.checkpointBegun(context.getCheckpointId());
        }
        uncommitted.seal(context.getCheckpointId());
        if (waitsForCommit()) {
            gate.close();
        }
        // whoever restores this commits what the sink's own state holds
        Uncommitted.Part all = uncommitted.all();
        kept.update(
                List.of(
                        new DeliveryState(
                                lastNumber,
                                false,
                                run,
                                restored.epochOf(run),
                                Math.max(gate.acknowledgedPoll(), all.poll()),
                                LaneTotals.of(gate.status())
                                        .plus(all.rows(), all.bytes(), all.asOf()),
                                acknowledged.at(handedOn(), acknowledged.target()),
                                AcknowledgedRows.Tail.none(handedOn()),
                                run,
                                LoadComparison.NONE,
                                List.copyOf(held))));
    }

    /** Number of the last row that was handed to the sink. */
    private long handedOn() {
        return held.stream()
                .filter(ChangeRow.class::isInstance)
                .mapToLong(element -> ((ChangeRow) element).sequence() - 1)
                .findFirst()
                .orElse(lastNumber);
    }

    /** Flink tells a chain from its tail: the sink has committed by now. */
    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        Uncommitted.Part committed = uncommitted.commit(checkpointId);
        gate.status().rowsWritten.addAndGet(committed.rows());
        gate.status().bytesWritten.addAndGet(committed.bytes());
        gate.status().rowsQueued.addAndGet(-committed.rows());
        committed.asOf().ifPresent(gate.status()::delivered);
        gate.acknowledge(committed.poll());
        while (!held.isEmpty() && mayPass(held.element())) {
            pass(held.remove());
        }
        showRest();
        openIfFree();
        if (watch != null) {
            watch.checkpointComplete(checkpointId);
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
