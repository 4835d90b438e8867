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
 * The sink of every write-ahead pipeline. Rows get the pipeline's next sequence number and wait in
 * a checkpointed queue. An I/O thread sends the rows that a completed checkpoint holds, and the
 * destination stores the last sequence number together with the rows. After a crash the same rows
 * are therefore resent under the same sequence numbers, and the destination shows which of them it
 * holds.
 *
 * <p>The task's thread never waits for the destination: not for a row, a checkpoint or the end.
 * While the destination is unavailable or the queue is full, the pipeline's {@link
 * BackpressureGate} is closed and the source does not poll.
 *
 * <p>Runs with parallelism 1, chained with its source in one task.
 */
public final class WriteAheadOperator extends AbstractStreamOperator<Void>
        implements OneInputStreamOperator<PipelineElement, Void> {
    private static final long serialVersionUID = 1L;

    private static final String STATE = "delivery";
    private static final long RESPONSE_CHECK_MILLIS = 5000;
    private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(200);

    private final Pipeline pipeline;
    private final String run;
    private final RecoveryOptions options;
    private final QueueBounds bounds;
    private final RecheckSchedule recheck;
    private RestoreMode restoreMode = RestoreMode.RESUME;
    private boolean failsWhenQuarantined;
    private List<String> predecessors = List.of();

    private transient PipelineStartup start;
    private transient ListState<DeliveryState> operatorState;
    private transient DeliveryState restored;
    private transient BackpressureGate gate;
    private transient WriteAheadQueue queue;
    private transient BackpressureController backpressure;
    private transient WriteAheadPolicy policy;
    private transient ProgressReconciler recovery;
    private transient ReloadComparison comparison;
    private transient WriterAttempt identity;
    private transient DestinationWriter writer;
    private transient Thread thread;
    private transient StopOnQuarantine stopOnQuarantine;

    /** Like the next constructor, with {@link RestoreMode#RESUME}. */
    public WriteAheadOperator(Pipeline pipeline, String run, RecoveryOptions options) {
        this(pipeline, run, options, RestoreMode.RESUME);
    }

    /**
     * Creates the delivery of one pipeline.
     *
     * @param run random id of this run of the job, the same as in the pipeline's source
     * @param options what to do when state and destination disagree
     * @param restoreMode whether rows in the restored queue are delivered
     */
    public WriteAheadOperator(
            Pipeline pipeline, String run, RecoveryOptions options, RestoreMode restoreMode) {
        this(pipeline, run, options, QueueBounds.DEFAULT, RecheckSchedule.DEFAULT);
        withRestoreMode(restoreMode);
    }

    public WriteAheadOperator(
            Pipeline pipeline,
            String run,
            RecoveryOptions options,
            QueueBounds bounds,
            RecheckSchedule recheck) {
        this.pipeline = pipeline;
        this.run = run;
        this.options = options;
        this.bounds = bounds;
        this.recheck = recheck;
        setChainingStrategy(ChainingStrategy.ALWAYS);
    }

    WriteAheadOperator withRestoreMode(RestoreMode newMode) {
        restoreMode = newMode;
        return this;
    }

    /**
     * Ends the job, without a restart, when the pipeline is quarantined at its source or
     * destination ({@code stop_on_error}). For jobs that no monitor watches.
     */
    public WriteAheadOperator stoppingOnQuarantine() {
        failsWhenQuarantined = true;
        return this;
    }

    /**
     * Keeps the source from polling until the predecessors are finished, quarantined or disabled.
     * All of them must run in the same slot.
     *
     * @param identities of the predecessors
     */
    public WriteAheadOperator awaitingPredecessors(List<String> identities) {
        predecessors = new ArrayList<>(identities);
        return this;
    }

    /** Adds this operator to the stream. The caller sets uid, name and slot-sharing group. */
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
        restored = start.takeRestoredState(operatorState, restoreMode);
    }

    /** Flink opens a chain from its tail: the gate exists before the source starts. */
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
        policy = new WriteAheadPolicy(pipeline, restored.destinationAhead(), options);
        recovery = new ProgressReconciler(pipeline, run, queue, policy, restored, options);
        comparison =
                new ReloadComparison(pipeline, run, restored.comparison(), options, gate.status());
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
        queue.sendImmediately(policy.sendsImmediately());
        String type = pipeline.deliver().destination().type();
        writer =
                new DestinationWriter(
                        pipeline,
                        identity,
                        () -> DestinationConnectors.load().connector(type),
                        queue,
                        gate,
                        backpressure,
                        policy,
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
        // infrequent: an idle mapping must cost almost nothing
        var unused =
                getProcessingTimeService()
                        .scheduleWithFixedDelay(
                                time -> writer.checkResponseTime(),
                                RESPONSE_CHECK_MILLIS,
                                RESPONSE_CHECK_MILLIS);
        // the queue and the other parts now hold the restored state
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
        // the queue first: an opening on the I/O thread changes the sequence numbers last
        WriteAheadQueue.Contents contents = queue.snapshot(checkpoint);
        return new DeliveryState(
                contents.lastNumber(),
                policy.isDestinationAhead(),
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
        // the backend has written its copy: release rows that were acknowledged since
        operatorState.clear();
    }

    /** Does not wait for the destination: unacknowledged rows are in the last snapshot. */
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
