package com.evolvishub.cdc.source.dedupe.operator;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.DeleteWhen;
import com.evolvishub.cdc.runtime.pipeline.BackpressureGate;
import com.evolvishub.cdc.runtime.pipeline.EndpointStatus;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import com.evolvishub.cdc.runtime.pipeline.PipelineKey;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.runtime.pipeline.SuspectDeletePolicy;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.DedupeWindow;
import com.evolvishub.cdc.runtime.row.HighWatermarkCrossed;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.runtime.row.PollPhaseStarted;
import com.evolvishub.cdc.runtime.row.PollStarted;
import com.evolvishub.cdc.runtime.row.SnapshotIntegrity;
import com.evolvishub.cdc.runtime.serialization.PipelineElementTypeInfo;
import com.evolvishub.cdc.source.dedupe.DetectionStrategy;
import com.evolvishub.cdc.source.dedupe.diff.DeleteApproval;
import com.evolvishub.cdc.source.dedupe.diff.FullReadDetection;
import com.evolvishub.cdc.source.dedupe.window.WatermarkScanDetection;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the rows of a pipeline with keyed state and passes on new and changed rows.
 *
 * <p>The end of a poll is held back until the work that the poll left is done. The work runs in
 * slices, between which barriers pass, and pauses while the backpressure gate is closed. The source
 * starts no other poll before the end of this one is acknowledged. A checkpoint in between does not
 * store the work: after a restore the source polls again and finds it again.
 */
public final class ChangeDetector extends AbstractStreamOperator<PipelineElement>
        implements OneInputStreamOperator<PipelineElement, PipelineElement> {
    private static final long serialVersionUID = 1L;
    private static final Logger CHANGES = LoggerFactory.getLogger(ChangeDetector.class);

    /** All state of a pipeline has one key: a pipeline is never split. */
    private static final byte PIPELINE_STATE_KEY = 0;

    private final Capture capture;
    private final DeleteWhen deleteWhen;
    private final String mapping;
    private final PipelineKey pipelineKey;
    private final RestoreMode restoreMode;
    private final SuspectDeletePolicy suspects;

    private transient DetectionStrategy detection;
    private transient ListState<String> writtenBy;
    private transient MailboxExecutor mailbox;
    private transient BackpressureGate gate;
    private transient StreamRecord<PipelineElement> sent;
    private transient Consumer<ChangeRow> rows;
    private transient boolean evicting;
    private transient EndpointStatus reported;

    private ChangeDetector(
            Pipeline pipeline, String run, RestoreMode restoreMode, SuspectDeletePolicy suspects) {
        this.restoreMode = restoreMode;
        this.suspects = suspects;
        this.capture = pipeline.detect().orElseThrow().capture();
        this.deleteWhen = pipeline.scan().deleteWhen();
        this.mapping = pipeline.mapping();
        this.pipelineKey = new PipelineKey(run, pipeline.identity());
        chainingStrategy = ChainingStrategy.ALWAYS;
    }

    /**
     * Adds a detector after a pipeline's source. The caller sets parallelism (1), uid and
     * slot-sharing group.
     *
     * @param pipeline one with change detection
     */
    public static SingleOutputStreamOperator<PipelineElement> attachTo(
            DataStream<PipelineElement> source, Pipeline pipeline, String run) {
        return attachTo(source, pipeline, run, RestoreMode.RESUME, SuspectDeletePolicy.STOP);
    }

    /**
     * See {@link #attachTo(DataStream, Pipeline, String)}.
     *
     * @param restoreMode how the state of an earlier run is used
     * @param suspects the policy for suspicious deletes
     */
    public static SingleOutputStreamOperator<PipelineElement> attachTo(
            DataStream<PipelineElement> source,
            Pipeline pipeline,
            String run,
            RestoreMode restoreMode,
            SuspectDeletePolicy suspects) {
        // keyed without a shuffle, so that the pipeline stays in one task
        return DataStreamUtils.reinterpretAsKeyedStream(
                        source, element -> PIPELINE_STATE_KEY, Types.BYTE)
                .transform(
                        pipeline.mapping() + ": detect changes",
                        PipelineElementTypeInfo.INSTANCE,
                        new ChangeDetector(pipeline, run, restoreMode, suspects));
    }

    private DetectionStrategy detection() {
        DeleteApproval approval = new DeleteApproval(mapping, pipelineKey.run(), suspects);
        if (capture instanceof Capture.ByDiff diff) {
            return FullReadDetection.diff(diff.maxDeleteRatio(), deleteWhen, approval);
        }
        return capture instanceof Capture.ByWatermark
                ? new WatermarkScanDetection(deleteWhen)
                : FullReadDetection.query(deleteWhen, approval);
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        setCurrentKey(PIPELINE_STATE_KEY);
        detection = detection();
        writtenBy =
                context.getOperatorStateStore()
                        .getListState(new ListStateDescriptor<>("detecting-run", Types.STRING));
        Iterator<String> previousRun = writtenBy.get().iterator();
        boolean discardsState =
                restoreMode.discardsState(
                        pipelineKey.run(), previousRun.hasNext() ? previousRun.next() : "");
        detection.open(context, discardsState);
    }

    @Override
    public void open() throws Exception {
        super.open();
        gate = BackpressureGate.of(pipelineKey);
        gate.status().dedupeStateRows.set(detection.stateRows());
        sent = new StreamRecord<>(null);
        rows = row -> output.collect(sent.replace(row));
        mailbox =
                getContainingTask()
                        .getMailboxExecutorFactory()
                        .createExecutor(getOperatorConfig().getChainIndex());
    }

    @Override
    public void processElement(StreamRecord<PipelineElement> record) throws Exception {
        PipelineElement element = record.getValue();
        if (element instanceof ChangeRow row) {
            if (!detection.isNew(row, rows)) {
                gate.status().rowsUnchanged.incrementAndGet();
            }
        } else if (element instanceof PollStarted started) {
            detection.begin(started);
            output.collect(record);
        } else if (element instanceof DedupeWindow window) {
            detection.setWindow(window);
        } else if (element instanceof PollPhaseStarted phase) {
            detection.phaseStarted(phase);
        } else if (element instanceof HighWatermarkCrossed crossed) {
            detection.highWatermarkCrossed(crossed);
        } else if (element instanceof SnapshotIntegrity integrity) {
            detection.setIntegrity(integrity);
        } else {
            PollEnded ended = (PollEnded) element;
            finish(ended, detection.end(ended));
            gate.status().dedupeStateRows.set(detection.stateRows());
            evict();
        }
    }

    private void evict() throws Exception {
        if (!evicting && detection.evict()) {
            evicting = true;
            mailbox.execute(
                    () -> {
                        evicting = false;
                        setCurrentKey(PIPELINE_STATE_KEY);
                        evict();
                    },
                    "%s: tidy",
                    mapping);
        }
    }

    private void finish(PollEnded ended, DetectionStrategy.PollCompletion completion)
            throws Exception {
        if (completion.processSlice(rows)) {
            resumeLater(ended, completion);
            return;
        }
        report(completion.warning());
        gate.status().unconfirmedDeletes.set(detection.unconfirmedDeletes());
        boolean complete = ended.complete() && completion.isComplete();
        gate.keyLookupRequests().request(detection.requestedKeys());
        boolean provesAbsence = complete && detection.provesAbsence();
        output.collect(
                sent.replace(new PollEnded(ended.poll(), complete, ended.asOf(), provesAbsence)));
    }

    /** Logs a problem once, not at each poll, and keeps the time of its first report. */
    private void report(String warning) {
        if (warning.isEmpty()) {
            reported = null;
            return;
        }
        if (reported == null || !reported.cause().equals(warning)) {
            CHANGES.warn("{}: {}", mapping, warning);
            long now = getProcessingTimeService().getCurrentProcessingTime();
            reported =
                    new EndpointStatus(
                            MappingState.QUARANTINED,
                            Instant.ofEpochMilli(now),
                            warning,
                            Optional.empty());
        }
        gate.status().source(reported);
    }

    private void resumeLater(PollEnded ended, DetectionStrategy.PollCompletion completion) {
        var unused =
                gate.opened()
                        .thenRun(
                                () ->
                                        mailbox.execute(
                                                () -> {
                                                    setCurrentKey(PIPELINE_STATE_KEY);
                                                    finish(ended, completion);
                                                },
                                                "%s: sweep",
                                                mapping));
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        detection.snapshot();
        writtenBy.update(List.of(pipelineKey.run()));
    }
}
