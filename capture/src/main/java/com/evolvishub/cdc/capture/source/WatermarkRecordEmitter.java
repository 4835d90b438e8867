package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.FlowElement;
import com.evolvishub.cdc.flow.Gate;
import com.evolvishub.cdc.flow.LaneKey;
import com.evolvishub.cdc.flow.LaneStatus;
import com.evolvishub.cdc.flow.MappingState;
import com.evolvishub.cdc.flow.PollEnded;
import com.evolvishub.cdc.planner.physical.Pipeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.connector.base.source.reader.RecordEmitter;

/**
 * Emits, then advances: what fails to go out is read again, not lost. Runs in the task's thread.
 */
final class WatermarkRecordEmitter
        implements RecordEmitter<Step, FlowElement, WatermarkSplitState> {

    private final Pipeline pipeline;
    private final LaneKey lane;
    private final Clock clock;
    private LaneStatus status;
    private SourceCondition condition;
    private Instant begun;

    WatermarkRecordEmitter(Pipeline pipeline, LaneKey lane, Clock clock) {
        this.pipeline = pipeline;
        this.lane = lane;
        this.clock = clock;
        this.begun = clock.instant();
    }

    @Override
    public void emitRecord(Step step, SourceOutput<FlowElement> output, WatermarkSplitState state) {
        if (step instanceof Step.Row row) {
            status().rowsRead.incrementAndGet();
            output.collect(row.row());
            state.advanceTo(row.row(), row.beyond());
            return;
        }
        if (step instanceof Step.Passing passing) {
            if (passing.element() instanceof ChangeRow) {
                status().rowsRead.incrementAndGet();
            }
            output.collect(passing.element());
            return;
        }
        Step.Mark mark = (Step.Mark) step;
        tell(mark, () -> output.collect(mark.element()));
        state.moveTo(mark.after());
    }

    /** First the status: what stands behind may know more of this poll and has the last word. */
    private void tell(Step.Mark mark, Runnable handingOn) {
        LaneStatus told = status();
        if (!(mark.element() instanceof PollEnded ended)) {
            begun = clock.instant();
            handingOn.run();
            return;
        }
        if (!mark.after().after().isStart()) {
            told.watermark(mark.after().after().values().get(0));
        }
        if (ended.complete()) {
            Instant now = clock.instant();
            told.polled(now, Duration.between(begun, now).toMillis());
            if (mark.trouble().isEmpty()) {
                condition.becomeIdle(handingOn);
                return;
            }
            condition.become(MappingState.QUARANTINED, mark.trouble(), Optional.empty());
        }
        handingOn.run();
    }

    /** Only now: the gate is there once the task's operators are open. */
    private LaneStatus status() {
        if (status == null) {
            Gate gate = Gate.of(lane);
            condition = new SourceCondition(pipeline.mapping(), gate, clock);
            status = gate.status();
        }
        return status;
    }
}
