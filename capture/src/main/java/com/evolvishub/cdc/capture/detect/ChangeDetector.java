package com.evolvishub.cdc.capture.detect;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Condition;
import com.evolvishub.cdc.flow.FlowElement;
import com.evolvishub.cdc.flow.FlowElementTypeInfo;
import com.evolvishub.cdc.flow.Frontier;
import com.evolvishub.cdc.flow.Gate;
import com.evolvishub.cdc.flow.LaneKey;
import com.evolvishub.cdc.flow.MappingState;
import com.evolvishub.cdc.flow.PollEnded;
import com.evolvishub.cdc.flow.PollStarted;
import com.evolvishub.cdc.flow.ReadCoverage;
import com.evolvishub.cdc.flow.Resumption;
import com.evolvishub.cdc.flow.Retention;
import com.evolvishub.cdc.flow.Section;
import com.evolvishub.cdc.flow.SuspectDeletes;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.DeleteWhen;
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
    private final DeleteWhen deleteWhen;
    private final String mapping;
    private final LaneKey lane;
    private final Resumption resumption;
    private final SuspectDeletes suspects;

    private transient Detection detection;
    private transient ListState<String> writtenBy;
    private transient MailboxExecutor mailbox;
    private transient Gate gate;
    private transient StreamRecord<FlowElement> sent;
    private transient Consumer<ChangeRow> rows;
    private transient boolean tidying;
    private transient Condition told;

    private ChangeDetector(
            Pipeline pipeline, String run, Resumption resumption, SuspectDeletes suspects) {
        this.resumption = resumption;
        this.suspects = suspects;
        this.capture = pipeline.detect().orElseThrow().capture();
        this.deleteWhen = pipeline.scan().deleteWhen();
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
        return behind(source, pipeline, run, Resumption.GO_ON, SuspectDeletes.STOP);
    }

    /**
     * See {@link #behind(DataStream, Pipeline, String)}.
     *
     * @param resumption what becomes of what an earlier run remembered
     * @param suspects what becomes of deletes that may not be meant
     */
    public static SingleOutputStreamOperator<FlowElement> behind(
            DataStream<FlowElement> source,
            Pipeline pipeline,
            String run,
            Resumption resumption,
            SuspectDeletes suspects) {
        // keyed as it stands: no shuffle, so that the lane stays one task
        return DataStreamUtils.reinterpretAsKeyedStream(source, element -> LANE, Types.BYTE)
                .transform(
                        pipeline.mapping() + ": detect changes",
                        FlowElementTypeInfo.INSTANCE,
                        new ChangeDetector(pipeline, run, resumption, suspects));
    }

    private Detection detection() {
        DeleteApproval approval = new DeleteApproval(mapping, lane.run(), suspects);
        if (capture instanceof Capture.ByDiff diff) {
            return ComparingDetection.diff(diff.maxDeleteRatio(), deleteWhen, approval);
        }
        return capture instanceof Capture.ByWatermark
                ? new WatermarkDetection(deleteWhen)
                : ComparingDetection.query(deleteWhen, approval);
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        setCurrentKey(LANE);
        detection = detection();
        writtenBy =
                context.getOperatorStateStore()
                        .getListState(new ListStateDescriptor<>("detecting-run", Types.STRING));
        Iterator<String> before = writtenBy.get().iterator();
        boolean forgets = resumption.forgets(lane.run(), before.hasNext() ? before.next() : "");
        detection.open(context, forgets);
    }

    @Override
    public void open() throws Exception {
        super.open();
        gate = Gate.of(lane);
        gate.status().rowsRemembered.set(detection.remembered());
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
        } else if (element instanceof Retention retention) {
            detection.retain(retention);
        } else if (element instanceof Section section) {
            detection.enter(section);
        } else if (element instanceof Frontier frontier) {
            detection.cross(frontier);
        } else if (element instanceof ReadCoverage coverage) {
            detection.cover(coverage);
        } else {
            PollEnded ended = (PollEnded) element;
            finish(ended, detection.end(ended));
            gate.status().rowsRemembered.set(detection.remembered());
            tidy();
        }
    }

    private void tidy() throws Exception {
        if (!tidying && detection.tidy()) {
            tidying = true;
            mailbox.execute(
                    () -> {
                        tidying = false;
                        setCurrentKey(LANE);
                        tidy();
                    },
                    "%s: tidy",
                    mapping);
        }
    }

    private void finish(PollEnded ended, Detection.Ending ending) throws Exception {
        if (ending.slice(rows)) {
            later(ended, ending);
            return;
        }
        tell(ending.trouble());
        gate.status().deletesUnconfirmed.set(detection.unconfirmed());
        boolean complete = ended.complete() && ending.isComplete();
        gate.lookups().want(detection.wanted());
        boolean provesAbsence = complete && detection.provesAbsence();
        output.collect(
                sent.replace(new PollEnded(ended.poll(), complete, ended.asOf(), provesAbsence)));
    }

    /** Logged once, not once a poll; it began when it was first told. */
    private void tell(String trouble) {
        if (trouble.isEmpty()) {
            told = null;
            return;
        }
        if (told == null || !told.cause().equals(trouble)) {
            CHANGES.warn("{}: {}", mapping, trouble);
            long now = getProcessingTimeService().getCurrentProcessingTime();
            told =
                    new Condition(
                            MappingState.QUARANTINED,
                            Instant.ofEpochMilli(now),
                            trouble,
                            Optional.empty());
        }
        gate.status().source(told);
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
        writtenBy.update(List.of(lane.run()));
    }
}
