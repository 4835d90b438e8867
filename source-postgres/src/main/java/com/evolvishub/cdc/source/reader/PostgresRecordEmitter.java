package com.evolvishub.cdc.source.reader;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.pipeline.BackpressureGate;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import com.evolvishub.cdc.runtime.pipeline.PipelineKey;
import com.evolvishub.cdc.runtime.pipeline.PipelineStatus;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.source.split.PostgresSplitState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.connector.base.source.reader.RecordEmitter;

/**
 * Emits, then advances: what fails to go out is read again, not lost. Runs in the task's thread.
 */
final class PostgresRecordEmitter
        implements RecordEmitter<SourceRecord, PipelineElement, PostgresSplitState> {

    private final Pipeline pipeline;
    private final PipelineKey pipelineKey;
    private final Clock clock;
    private PipelineStatus status;
    private SourceStatusReporter condition;
    private Instant begun;

    PostgresRecordEmitter(Pipeline pipeline, PipelineKey lane, Clock clock) {
        this.pipeline = pipeline;
        this.pipelineKey = lane;
        this.clock = clock;
        this.begun = clock.instant();
    }

    @Override
    public void emitRecord(
            SourceRecord step, SourceOutput<PipelineElement> output, PostgresSplitState state) {
        if (step instanceof SourceRecord.Row row) {
            status().rowsRead.incrementAndGet();
            output.collect(row.row());
            state.advanceTo(row.row(), row.isNew());
            return;
        }
        if (step instanceof SourceRecord.Unpositioned passing) {
            if (passing.element() instanceof ChangeRow) {
                status().rowsRead.incrementAndGet();
            }
            output.collect(passing.element());
            return;
        }
        SourceRecord.PollBoundary mark = (SourceRecord.PollBoundary) step;
        report(mark, () -> output.collect(mark.element()));
        state.moveTo(mark.after());
    }

    /** First the status: what stands behind may know more of this poll and has the last word. */
    private void report(SourceRecord.PollBoundary mark, Runnable handingOn) {
        PipelineStatus told = status();
        if (!(mark.element() instanceof PollEnded ended)) {
            begun = clock.instant();
            handingOn.run();
            return;
        }
        if (!mark.after().highWatermark().isStart()) {
            told.watermark(mark.after().highWatermark().values().get(0));
        }
        if (ended.complete()) {
            Instant now = clock.instant();
            told.recordPoll(now, Duration.between(begun, now).toMillis());
            if (mark.warning().isEmpty()) {
                condition.reportIdle(handingOn);
                return;
            }
            condition.report(MappingState.QUARANTINED, mark.warning(), Optional.empty());
        }
        handingOn.run();
    }

    /** Only now: the gate is there once the task's operators are open. */
    private PipelineStatus status() {
        if (status == null) {
            BackpressureGate gate = BackpressureGate.of(pipelineKey);
            condition = new SourceStatusReporter(pipeline.mapping(), gate, clock);
            status = gate.status();
        }
        return status;
    }
}
