package com.evolvishub.cdc.sink.writer;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.pipeline.BackpressureGate;
import com.evolvishub.cdc.runtime.pipeline.EndpointStatus;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.sink.lifecycle.PipelineStartup;
import com.evolvishub.cdc.sink.lifecycle.StopOnQuarantine;
import com.evolvishub.cdc.sink.queue.BackpressureController;
import com.evolvishub.cdc.sink.queue.QueueBounds;
import com.evolvishub.cdc.sink.queue.WriteAheadQueue;
import com.evolvishub.cdc.sink.recovery.ProgressReconciler;
import com.evolvishub.cdc.sink.recovery.RecoveryOptions;
import com.evolvishub.cdc.sink.recovery.ReloadComparison;
import com.evolvishub.cdc.sink.recovery.WriteAheadPolicy;
import com.evolvishub.cdc.sink.spi.DestinationConnectors;
import com.evolvishub.cdc.sink.state.DeliveryState;
import com.evolvishub.cdc.sink.state.DeliveryStateSerializer;
import com.evolvishub.cdc.sink.state.PipelineTotals;
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
 * is away or the queue is full the lane's {@link BackpressureGate} is closed and the source does
 * not poll.
 *
 * <p>Runs with parallelism 1, chained behind its source, in one task with it.
 */
public final class WriteAheadOperator extends AbstractStreamOperator<Void>
        implements OneInputStreamOperator<PipelineElement, Void> {
    private static final long serialVersionUID = 1L;

    private static final String STATE = "delivery";
    private static final long RESPONSE_CHECK_MILLIS = 5000;
    private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(200);

    private final Pipeline pipeline;
    private final String run;
    private final RecoveryOptions choices;
    private final QueueBounds bounds;
    private final RecheckSchedule recheck;
    private RestoreMode resumption = RestoreMode.RESUME;
    private boolean failsWhenQuarantined;
    private List<String> predecessors = List.of();

    private transient PipelineStartup start;
    private transient ListState<DeliveryState> operatorState;
    private transient DeliveryState restored;
    private transient BackpressureGate gate;
    private transient WriteAheadQueue queue;
    private transient BackpressureController backpressure;
    private transient WriteAheadPolicy rules;
    private transient ProgressReconciler recovery;
    private transient ReloadComparison comparison;
    private transient WriterAttempt identity;
    private transient DestinationWriter writer;
    private transient Thread thread;
    private transient StopOnQuarantine stopOnQuarantine;

    /** See {@link #<init>(Pipeline, String, RecoveryChoices, Resumption)}. */
    public WriteAheadOperator(Pipeline pipeline, String run, RecoveryOptions choices) {
        this(pipeline, run, choices, RestoreMode.RESUME);
    }

    /**
     * Delivery of one pipeline.
     *
     * @param run random id of this run of the job, the same in the lane's source
     * @param choices what to do where the state and the destination do not fit each other
     * @param resumption whether rows that an earlier run has left in the queue are delivered
     */
    public WriteAheadOperator(
            Pipeline pipeline, String run, RecoveryOptions choices, RestoreMode resumption) {
        this(pipeline, run, choices, QueueBounds.DEFAULT, RecheckSchedule.DEFAULT);
        withRestoreMode(resumption);
    }

    public WriteAheadOperator(
            Pipeline pipeline,
            String run,
            RecoveryOptions choices,
            QueueBounds bounds,
            RecheckSchedule recheck) {
        this.pipeline = pipeline;
        this.run = run;
        this.choices = choices;
        this.bounds = bounds;
        this.recheck = recheck;
        setChainingStrategy(ChainingStrategy.ALWAYS);
    }

    WriteAheadOperator withRestoreMode(RestoreMode other) {
        resumption = other;
        return this;
    }

    /**
     * Makes a quarantine of either end of the lane the end of the job, without a restart ({@code
     * stop_on_error}). For jobs that nobody watches from outside.
     */
    public WriteAheadOperator stoppingOnQuarantine() {
        failsWhenQuarantined = true;
        return this;
    }

    /**
     * Keeps the lane's source from polling until others are done: finished, quarantined or
     * disabled. All of them must run in the same slot.
     *
     * @param identities of the pipelines that go first
     */
    public WriteAheadOperator awaitingPredecessors(List<String> identities) {
        predecessors = new ArrayList<>(identities);
        return this;
    }

    /** Puts this at the end of a lane. Uid, name and slot-sharing group are the caller's. */
    public SingleOutputStreamOperator<Void> addTo(DataStream<PipelineElement> rows) {
        return rows.transform("deliver " + pipeline.mapping(), Types.VOID, this).setParallelism(1);
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        start = new PipelineStartup(pipeline, run);
        operatorState =
                context.getOperatorStateStore()
                        .getListState(
                                new ListStateDescriptor<>(STATE, DeliveryStateSerializer.INSTANCE));
        restored = start.takeRestoredState(operatorState, resumption);
    }

    /** Flink opens a chain from its tail: the gate is there before the source is started. */
    @Override
    public void open() throws Exception {
        super.open();
        Clock clock = Clock.systemUTC();
        gate = start.createGate(restored, getMetricGroup(), clock);
        identity = new WriterAttempt(pipeline, run, restored.epochOf(run));
        queue =
                new WriteAheadQueue(
                        restored,
                        identity.id(),
                        bounds,
                        pipeline.deliver().lossRules().resend(),
                        gate.status().rowsQueued,
                        clock);
        backpressure = new BackpressureController(gate, queue);
        if (!predecessors.isEmpty()) {
            backpressure.awaitPredecessors();
            start.awaitPredecessors(
                    predecessors,
                    clock,
                    getProcessingTimeService(),
                    backpressure::predecessorsDone);
        }
        rules = new WriteAheadPolicy(pipeline, restored.destinationAhead(), choices);
        recovery = new ProgressReconciler(pipeline, run, queue, rules, restored, choices);
        comparison =
                new ReloadComparison(pipeline, run, restored.comparison(), choices, gate.status());
        if (pipeline.enabled() && failsWhenQuarantined) {
            stopOnQuarantine =
                    start.createStopOnQuarantine(
                            gate,
                            clock,
                            getContainingTask().getEnvironment(),
                            getProcessingTimeService());
        }
        if (pipeline.enabled()) {
            start(clock);
        } else {
            gate.status().destination(EndpointStatus.of(MappingState.DISABLED, clock.instant()));
        }
    }

    private void start(Clock clock) {
        gate.status().destination(EndpointStatus.of(MappingState.STARTING, clock.instant()));
        queue.sendImmediately(rules.sendsImmediately());
        String type = pipeline.deliver().destination().type();
        writer =
                new DestinationWriter(
                        pipeline,
                        identity,
                        () -> DestinationConnectors.load().connector(type),
                        queue,
                        gate,
                        backpressure,
                        rules,
                        recovery,
                        comparison,
                        new DeliveryBackoff(pipeline.deliver().retry(), new Random()),
                        recheck.newDelays(),
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
                                time -> writer.checkResponseTime(),
                                RESPONSE_CHECK_MILLIS,
                                RESPONSE_CHECK_MILLIS);
        // what the state needs of it is in the queue by now
        restored = null;
    }

    @Override
    public void processElement(StreamRecord<PipelineElement> element) {
        if (queue.add(element.getValue()) && gate.isOpen()) {
            backpressure.refresh();
        }
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        if (stopOnQuarantine != null) {
            stopOnQuarantine.checkpointBegun(context.getCheckpointId());
        }
        operatorState.update(
                List.of(pipeline.enabled() ? state(context.getCheckpointId()) : restored));
    }

    private DeliveryState state(long checkpoint) {
        // the queue first: whoever opens the lane raises its numbers last
        WriteAheadQueue.Contents contents = queue.snapshot(checkpoint);
        return new DeliveryState(
                contents.lastNumber(),
                rules.isDestinationAhead(),
                run,
                identity.epoch(),
                contents.acknowledgedPoll(),
                PipelineTotals.of(gate.status()),
                contents.acknowledged(),
                contents.resendable(),
                recovery.lossAcceptedByRun(),
                comparison.state(),
                contents.elements());
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        queue.checkpointComplete(checkpointId);
        if (stopOnQuarantine != null) {
            stopOnQuarantine.checkpointComplete(checkpointId);
        }
        // the backend has written its copy: let go of rows that were acknowledged since
        operatorState.clear();
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
            thread.join(CLOSE_TIMEOUT.toMillis());
        }
        if (queue != null) {
            queue.close();
        }
        super.close();
    }
}
