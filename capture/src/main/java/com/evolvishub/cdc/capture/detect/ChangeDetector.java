package com.evolvishub.cdc.capture.detect;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Condition;
import com.evolvishub.cdc.flow.FlowElement;
import com.evolvishub.cdc.flow.FlowElementTypeInfo;
import com.evolvishub.cdc.flow.Gate;
import com.evolvishub.cdc.flow.LaneKey;
import com.evolvishub.cdc.flow.MappingState;
import com.evolvishub.cdc.flow.PollEnded;
import com.evolvishub.cdc.flow.PollStarted;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.flink.api.common.operators.MailboxExecutor;
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
 * Compares the rows of a lane with keyed state and sends on what is new.
 *
 * <p>The end of a poll is held back until what the poll left to do is done: that goes in slices
 * between which barriers pass, and stops while the gate is closed. The source waits meanwhile; it
 * starts no other poll before this one's end is acknowledged. A checkpoint within needs to know
 * nothing of it: after a restore the source polls again, and what is left is found again.
 */
public final class ChangeDetector extends AbstractStreamOperator<FlowElement>
        implements OneInputStreamOperator<FlowElement, FlowElement> {
    private static final long serialVersionUID = 1L;
    private static final Logger CHANGES = LoggerFactory.getLogger(ChangeDetector.class);

    /** All state of a lane hangs on one key: a lane is never split. */
    private static final byte LANE = 0;

    private final Capture capture;
    private final String mapping;
    private final LaneKey lane;

    private transient Detection detection;
    private transient MailboxExecutor mailbox;
    private transient Gate gate;
    private transient StreamRecord<FlowElement> sent;
    private transient Consumer<ChangeRow> rows;

    private ChangeDetector(Pipeline pipeline, String run) {
        this.capture = pipeline.detect().orElseThrow().capture();
        this.mapping = pipeline.mapping();
        this.lane = new LaneKey(run, pipeline.identity());
        chainingStrategy = ChainingStrategy.ALWAYS;
    }

    /**
     * Puts a detector behind a lane's source. Parallelism (1), uid and slot-sharing group are the
     * caller's to set.
     *
     * @param pipeline one that has a detecting step
     */
    public static SingleOutputStreamOperator<FlowElement> behind(
            DataStream<FlowElement> source, Pipeline pipeline, String run) {
        // keyed as it stands: no shuffle, so that the lane stays one task
        return DataStreamUtils.reinterpretAsKeyedStream(source, element -> LANE, Types.BYTE)
                .transform(
                        pipeline.mapping() + ": detect changes",
                        FlowElementTypeInfo.INSTANCE,
                        new ChangeDetector(pipeline, run));
    }

    private static Detection detection(Capture capture) {
        if (capture instanceof Capture.ByDiff diff) {
            return ComparingDetection.diff(diff.maxDeleteRatio());
        }
        return capture instanceof Capture.ByQuery ? ComparingDetection.query() : new TieDetection();
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        setCurrentKey(LANE);
        detection = detection(capture);
        detection.open(context);
    }

    @Override
    public void open() throws Exception {
        super.open();
        gate = Gate.of(lane);
        sent = new StreamRecord<>(null);
        rows = row -> output.collect(sent.replace(row));
        mailbox =
                getContainingTask()
                        .getMailboxExecutorFactory()
                        .createExecutor(getOperatorConfig().getChainIndex());
    }

    @Override
    public void processElement(StreamRecord<FlowElement> record) throws Exception {
        FlowElement element = record.getValue();
        if (element instanceof ChangeRow row) {
            if (!detection.isNew(row, rows)) {
                gate.status().rowsUnchanged.incrementAndGet();
            }
        } else if (element instanceof PollStarted started) {
            detection.begin(started);
            output.collect(record);
        } else {
            PollEnded ended = (PollEnded) element;
            finish(ended, detection.end(ended));
        }
    }

    private void finish(PollEnded ended, Detection.Ending ending) throws Exception {
        if (ending.slice(rows)) {
            later(ended, ending);
            return;
        }
        if (!ending.trouble().isEmpty()) {
            CHANGES.warn("{}: {}", mapping, ending.trouble());
            gate.status()
                    .source(
                            new Condition(
                                    MappingState.QUARANTINED,
                                    Instant.ofEpochMilli(
                                            getProcessingTimeService().getCurrentProcessingTime()),
                                    ending.trouble(),
                                    Optional.empty()));
        }
        boolean complete = ended.complete() && ending.isComplete();
        output.collect(sent.replace(new PollEnded(ended.poll(), complete, ended.asOf())));
    }

    private void later(PollEnded ended, Detection.Ending ending) {
        var unused =
                gate.opened()
                        .thenRun(
                                () ->
                                        mailbox.execute(
                                                () -> {
                                                    setCurrentKey(LANE);
                                                    finish(ended, ending);
                                                },
                                                "%s: sweep",
                                                mapping));
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        detection.snapshot();
    }
}
