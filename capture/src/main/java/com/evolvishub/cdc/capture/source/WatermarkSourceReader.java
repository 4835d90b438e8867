package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.flow.FlowElement;
import com.evolvishub.cdc.flow.Gate;
import com.evolvishub.cdc.flow.LaneKey;
import com.evolvishub.cdc.flow.Resumption;
import com.evolvishub.cdc.planner.physical.Pipeline;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;
import org.apache.flink.core.io.InputStatus;

/** Hands on what was polled, as long as the lane's gate is open. Runs in the task's thread. */
@SuppressWarnings("try") // Flink's own close() may be interrupted
final class WatermarkSourceReader
        extends SingleThreadMultiplexSourceReaderBase<
                Step, FlowElement, WatermarkSplit, WatermarkSplitState> {

    private final LaneKey lane;
    private final String watermark;
    private Gate gate;

    WatermarkSourceReader(
            Pipeline pipeline,
            String run,
            Resumption resumption,
            boolean endsWhenFinished,
            Clocks clocks,
            SourceReaderContext context) {
        super(
                () ->
                        new WatermarkSplitReader(
                                pipeline,
                                run,
                                resumption,
                                endsWhenFinished,
                                Gate.of(new LaneKey(run, pipeline.identity())),
                                clocks),
                new WatermarkRecordEmitter(
                        pipeline, new LaneKey(run, pipeline.identity()), clocks.wall()),
                context.getConfiguration(),
                context);
        this.lane = new LaneKey(run, pipeline.identity());
        this.watermark = LayoutFinder.watermark(pipeline.scan());
    }

    @Override
    public void start() {
        // not before: the other end of the lane installs it while the operators are opened
        gate = Gate.of(lane);
        super.start();
        // also with a restored split: the answer says whether there will be another one
        context.sendSplitRequest();
    }

    @Override
    public InputStatus pollNext(ReaderOutput<FlowElement> output) throws Exception {
        // asked again here: the runtime may call without having waited
        return gate.isOpen() ? super.pollNext(output) : InputStatus.NOTHING_AVAILABLE;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return gate.isOpen() ? super.isAvailable() : gate.opened();
    }

    @Override
    protected void onSplitFinished(Map<String, WatermarkSplitState> finished) {
        // nothing more is asked for: a mapping has one split
    }

    @Override
    protected WatermarkSplitState initializedState(WatermarkSplit split) {
        return new WatermarkSplitState(watermark, split);
    }

    @Override
    protected WatermarkSplit toSplitType(String id, WatermarkSplitState state) {
        return state.toSplit();
    }
}
