package com.evolvishub.cdc.source.reader;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.pipeline.BackpressureGate;
import com.evolvishub.cdc.runtime.pipeline.PipelineKey;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.source.schedule.SourceClocks;
import com.evolvishub.cdc.source.schema.RowLayoutResolver;
import com.evolvishub.cdc.source.split.PostgresSplit;
import com.evolvishub.cdc.source.split.PostgresSplitState;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;
import org.apache.flink.core.io.InputStatus;

/**
 * Emits fetched records while the pipeline's backpressure gate is open. Runs in the task's thread.
 */
@SuppressWarnings("try")
public // Flink's own close() may be interrupted
final class PostgresSourceReader
        extends SingleThreadMultiplexSourceReaderBase<
                SourceRecord, PipelineElement, PostgresSplit, PostgresSplitState> {

    private final PipelineKey pipelineKey;
    private final String watermark;
    private BackpressureGate gate;

    public PostgresSourceReader(
            Pipeline pipeline,
            String run,
            RestoreMode restoreMode,
            boolean endsWhenFinished,
            SourceClocks clocks,
            SourceReaderContext context) {
        super(
                () ->
                        new PostgresSplitReader(
                                pipeline,
                                run,
                                restoreMode,
                                endsWhenFinished,
                                BackpressureGate.of(new PipelineKey(run, pipeline.identity())),
                                clocks),
                new PostgresRecordEmitter(
                        pipeline, new PipelineKey(run, pipeline.identity()), clocks.wall()),
                context.getConfiguration(),
                context);
        this.pipelineKey = new PipelineKey(run, pipeline.identity());
        this.watermark = RowLayoutResolver.watermark(pipeline.scan());
    }

    @Override
    public void start() {
        // not earlier: the delivery operator installs the gate when the operators are opened
        gate = BackpressureGate.of(pipelineKey);
        super.start();
        // also with a restored split: the enumerator answers whether another one will follow
        context.sendSplitRequest();
    }

    @Override
    public InputStatus pollNext(ReaderOutput<PipelineElement> output) throws Exception {
        // checked again: the runtime may call without having waited
        return gate.isOpen() ? super.pollNext(output) : InputStatus.NOTHING_AVAILABLE;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return gate.isOpen() ? super.isAvailable() : gate.opened();
    }

    @Override
    protected void onSplitFinished(Map<String, PostgresSplitState> finished) {
        // no further request: a mapping has one split
    }

    @Override
    protected PostgresSplitState initializedState(PostgresSplit split) {
        return new PostgresSplitState(watermark, split);
    }

    @Override
    protected PostgresSplit toSplitType(String id, PostgresSplitState state) {
        return state.toSplit();
    }
}
