package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.Condition;
import com.evolvishub.cdc.flow.FlowElement;
import com.evolvishub.cdc.flow.Gate;
import com.evolvishub.cdc.flow.MappingState;
import com.evolvishub.cdc.flow.Resumption;
import com.evolvishub.cdc.planner.physical.Pipeline;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * The sink of every lane. Rows get the lane's next number and wait in a checkpointed queue; an I/O
 * thread sends what a completed checkpoint holds, and the destination keeps the last number
 * together with the rows. So whatever dies, what is sent again is the same rows under the same
 * numbers, and the destination tells which of them it has.
 *
 * <p>Nothing in here waits for the destination: not a row, not a checkpoint, not the end. While it
 * is away or the queue is full the lane's {@link Gate} is closed and the source does not poll.
 *
 * <p>Runs with parallelism 1, chained behind its source, in one task with it.
 */
public final class Delivery extends AbstractStreamOperator<Void>
        implements OneInputStreamOperator<FlowElement, Void> {
    private static final long serialVersionUID = 1L;

    private static final String STATE = "delivery";
    private static final long ANSWER_LOOK_MILLIS = 5000;
    private static final Duration FAREWELL = Duration.ofMillis(200);

    private final Pipeline pipeline;
    private final String run;
    private final RecoveryChoices choices;
    private final QueueBounds bounds;
    private final Recheck recheck;
    private Resumption resumption = Resumption.GO_ON;
    private boolean failsWhenQuarantined;
    private List<String> earlier = List.of();

    private transient LaneStart start;
    private transient ListState<DeliveryState> kept;
    private transient DeliveryState restored;
    private transient Gate gate;
    private transient DeliveryQueue queue;
    private transient GateKeeper keeper;
    private transient SendingRules rules;
    private transient Recovery recovery;
    private transient ResetComparison comparison;
    private transient WriterIdentity identity;
    private transient LaneWriter writer;
    private transient Thread thread;
    private transient QuarantineWatch watch;

    /** See {@link #Delivery(Pipeline, String, RecoveryChoices, Resumption)}. */
    public Delivery(Pipeline pipeline, String run, RecoveryChoices choices) {
        this(pipeline, run, choices, Resumption.GO_ON);
    }

    /**
     * Delivery of one pipeline.
     *
     * @param run random id of this run of the job, the same in the lane's source
     * @param choices what to do where the state and the destination do not fit each other
     * @param resumption whether rows that an earlier run has left in the queue are delivered
     */
    public Delivery(Pipeline pipeline, String run, RecoveryChoices choices, Resumption resumption) {
        this(pipeline, run, choices, QueueBounds.DEFAULT, Recheck.DEFAULT);
        resuming(resumption);
    }

    Delivery(
            Pipeline pipeline,
            String run,
            RecoveryChoices choices,
            QueueBounds bounds,
            Recheck recheck) {
        this.pipeline = pipeline;
        this.run = run;
        this.choices = choices;
        this.bounds = bounds;
        this.recheck = recheck;
        setChainingStrategy(ChainingStrategy.ALWAYS);
    }

    Delivery resuming(Resumption other) {
        resumption = other;
        return this;
    }

    /**
     * Makes a quarantine of either end of the lane the end of the job, without a restart ({@code
     * stop_on_error}). For jobs that nobody watches from outside.
     */
    public Delivery failingWhenQuarantined() {
        failsWhenQuarantined = true;
        return this;
    }

    /**
     * Keeps the lane's source from polling until others are done: finished, quarantined or
     * disabled. All of them must run in the same slot.
     *
     * @param identities of the pipelines that go first
     */
    public Delivery after(List<String> identities) {
        earlier = new ArrayList<>(identities);
        return this;
    }

    /** Puts this at the end of a lane. Uid, name and slot-sharing group are the caller's. */
    public SingleOutputStreamOperator<Void> behind(DataStream<FlowElement> rows) {
        return rows.transform("deliver " + pipeline.mapping(), Types.VOID, this).setParallelism(1);
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

    /** Flink opens a chain from its tail: the gate is there before the source is started. */
    @Override
    public void open() throws Exception {
        super.open();
        Clock clock = Clock.systemUTC();
        gate = start.gate(restored, getMetricGroup(), clock);
        identity = new WriterIdentity(pipeline, run, restored.epochOf(run));
        queue =
                new DeliveryQueue(
                        restored,
                        identity.author(),
                        bounds,
                        pipeline.deliver().lossRules().resend(),
                        gate.status().rowsQueued,
                        clock);
        keeper = new GateKeeper(gate, queue);
        if (!earlier.isEmpty()) {
            keeper.awaitTurn();
            start.awaitTurn(earlier, clock, getProcessingTimeService(), keeper::turnHasCome);
        }
        rules = new SendingRules(pipeline, restored.ahead(), choices);
        recovery = new Recovery(pipeline, run, queue, rules, restored, choices);
        comparison =
                new ResetComparison(pipeline, run, restored.comparison(), choices, gate.status());
        if (pipeline.enabled() && failsWhenQuarantined) {
            watch =
                    start.watch(
                            gate,
                            clock,
                            getContainingTask().getEnvironment(),
                            getProcessingTimeService());
        }
        if (pipeline.enabled()) {
            start(clock);
        } else {
            gate.status().destination(Condition.of(MappingState.DISABLED, clock.instant()));
        }
    }

    private void start(Clock clock) {
        gate.status().destination(Condition.of(MappingState.STARTING, clock.instant()));
        queue.sendAtOnce(rules.atOnce());
        String type = pipeline.deliver().destination().type();
        writer =
                new LaneWriter(
                        pipeline,
                        identity,
                        () -> Destinations.load().connector(type),
                        queue,
                        gate,
                        keeper,
                        rules,
                        recovery,
                        comparison,
                        new Backoff(pipeline.deliver().retry(), new Random()),
                        recheck.pauses(),
                        clock,
                        getContainingTask().getEnvironment()::failExternally);
        thread = new Thread(writer, "deliver " + pipeline.mapping());
        thread.setDaemon(true);
        thread.setContextClassLoader(getUserCodeClassloader());
        thread.start();
        // seldom: a mapping at rest must cost nothing
        var unused =
                getProcessingTimeService()
                        .scheduleWithFixedDelay(
                                time -> writer.look(), ANSWER_LOOK_MILLIS, ANSWER_LOOK_MILLIS);
        // what the state needs of it is in the queue by now
        restored = null;
    }

    @Override
    public void processElement(StreamRecord<FlowElement> element) {
        if (queue.add(element.getValue()) && gate.isOpen()) {
            keeper.refresh();
        }
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        if (watch != null) {
            watch.checkpointBegun(context.getCheckpointId());
        }
        kept.update(List.of(pipeline.enabled() ? state(context.getCheckpointId()) : restored));
    }

    private DeliveryState state(long checkpoint) {
        // the queue first: whoever opens the lane raises its numbers last
        DeliveryQueue.Contents contents = queue.snapshot(checkpoint);
        return new DeliveryState(
                contents.lastNumber(),
                rules.isAhead(),
                run,
                identity.epoch(),
                contents.acknowledgedPoll(),
                LaneTotals.of(gate.status()),
                contents.acknowledged(),
                contents.resendable(),
                recovery.lossAcceptedBy(),
                comparison.state(),
                contents.elements());
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        queue.complete(checkpointId);
        if (watch != null) {
            watch.checkpointComplete(checkpointId);
        }
        // the backend has written its copy: let go of rows that were acknowledged since
        kept.clear();
    }

    /** Waits for nothing: what is not acknowledged is in the last snapshot. */
    @Override
    public void close() throws Exception {
        if (gate != null) {
            gate.close();
            gate.remove();
        }
        if (writer != null) {
            writer.close();
            thread.interrupt();
            thread.join(FAREWELL.toMillis());
        }
        if (queue != null) {
            queue.close();
        }
        super.close();
    }
}
