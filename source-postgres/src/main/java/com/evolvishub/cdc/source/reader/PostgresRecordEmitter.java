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
 * Emits each record before it advances the position, so that a record that could not be emitted is
 * read again. Runs in the task's thread.
 */
final class PostgresRecordEmitter
        implements RecordEmitter<SourceRecord, PipelineElement, PostgresSplitState> {

    private final Pipeline pipeline;
    private final PipelineKey pipelineKey;
    private final Clock clock;
    private PipelineStatus status;
    private SourceStatusReporter statusReporter;
    private Instant pollStart;

    PostgresRecordEmitter(Pipeline pipeline, PipelineKey pipelineKey, Clock clock) {
        this.pipeline = pipeline;
        this.pipelineKey = pipelineKey;
        this.clock = clock;
        this.pollStart = clock.instant();
    }

    @Override
    public void emitRecord(
            SourceRecord record, SourceOutput<PipelineElement> output, PostgresSplitState state) {
        if (record instanceof SourceRecord.Row row) {
            status().rowsRead.incrementAndGet();
            output.collect(row.row());
            state.advanceTo(row.row(), row.isNew());
            return;
        }
        if (record instanceof SourceRecord.Unpositioned unpositioned) {
            if (unpositioned.element() instanceof ChangeRow) {
                status().rowsRead.incrementAndGet();
            }
            output.collect(unpositioned.element());
            return;
        }
        SourceRecord.PollBoundary boundary = (SourceRecord.PollBoundary) record;
        report(boundary, () -> output.collect(boundary.element()));
        state.moveTo(boundary.after());
    }

    /**
     * Sets the status before the element is emitted: operators downstream may know more of this
     * poll and overwrite it.
     */
    private void report(SourceRecord.PollBoundary boundary, Runnable emit) {
        PipelineStatus pipelineStatus = status();
        if (!(boundary.element() instanceof PollEnded ended)) {
            pollStart = clock.instant();
            emit.run();
            return;
        }
        if (!boundary.after().highWatermark().isStart()) {
            pipelineStatus.watermark(boundary.after().highWatermark().values().get(0));
        }
        if (ended.complete()) {
            Instant now = clock.instant();
            pipelineStatus.recordPoll(now, Duration.between(pollStart, now).toMillis());
            if (boundary.warning().isEmpty()) {
                statusReporter.reportIdle(emit);
                return;
            }
            statusReporter.report(MappingState.QUARANTINED, boundary.warning(), Optional.empty());
        }
        emit.run();
    }

    /** Initialized late: the backpressure gate exists once the task's operators are open. */
    private PipelineStatus status() {
        if (status == null) {
            BackpressureGate gate = BackpressureGate.of(pipelineKey);
            statusReporter = new SourceStatusReporter(pipeline.mapping(), gate, clock);
            status = gate.status();
        }
        return status;
    }
}
