package com.evolvishub.cdc.source;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.runtime.serialization.PipelineElementTypeInfo;
import com.evolvishub.cdc.source.enumerator.EnumeratorStateSerializer;
import com.evolvishub.cdc.source.enumerator.PostgresSplitEnumerator;
import com.evolvishub.cdc.source.reader.PostgresSourceReader;
import com.evolvishub.cdc.source.schedule.SourceClocks;
import com.evolvishub.cdc.source.split.PostgresSplit;
import com.evolvishub.cdc.source.split.PostgresSplitSerializer;
import java.util.Objects;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * The Flink source of one pipeline. Runs at parallelism 1, in one chained task with the pipeline's
 * delivery, which installs the {@link com.evolvishub.cdc.runtime.pipeline.BackpressureGate} that
 * this source needs when it is started.
 *
 * <p>Emits every row above the last position that a poll's database snapshot contains, in the order
 * of watermark and key, between the boundaries of its poll. After a restore the read resumes after
 * the last row in the checkpoint. Where rows have no key, rows of one watermark may be emitted
 * again after a restore; the {@code ChangeDetector} drops them. An outage never fails the task.
 */
public final class PostgresSource
        implements Source<PipelineElement, PostgresSplit, Boolean>,
                ResultTypeQueryable<PipelineElement> {
    private static final long serialVersionUID = 1L;

    private final Pipeline pipeline;
    private final String run;
    private final boolean endsWhenFinished;
    private final RestoreMode restoreMode;

    /** A source that resumes from the position of an earlier run. */
    public PostgresSource(Pipeline pipeline, String run, boolean endsWhenFinished) {
        this(pipeline, run, endsWhenFinished, RestoreMode.RESUME);
    }

    /**
     * @param run the run's id, the same as that of the delivery
     * @param endsWhenFinished whether a {@code one_time} mapping ends its task once all rows are
     *     delivered, instead of waiting; its position is discarded then
     * @param restoreMode how an earlier run's position is used
     */
    public PostgresSource(
            Pipeline pipeline, String run, boolean endsWhenFinished, RestoreMode restoreMode) {
        this.pipeline = Objects.requireNonNull(pipeline, "pipeline");
        this.run = Objects.requireNonNull(run, "run");
        this.endsWhenFinished = endsWhenFinished;
        this.restoreMode = Objects.requireNonNull(restoreMode, "resumption");
    }

    @Override
    public Boundedness getBoundedness() {
        return endsWhenFinished ? Boundedness.BOUNDED : Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SourceReader<PipelineElement, PostgresSplit> createReader(SourceReaderContext context) {
        return new PostgresSourceReader(
                pipeline, run, restoreMode, endsWhenFinished, SourceClocks.system(), context);
    }

    @Override
    public SplitEnumerator<PostgresSplit, Boolean> createEnumerator(
            SplitEnumeratorContext<PostgresSplit> context) {
        return restoreEnumerator(context, false);
    }

    @Override
    public SplitEnumerator<PostgresSplit, Boolean> restoreEnumerator(
            SplitEnumeratorContext<PostgresSplit> context, Boolean assigned) {
        return new PostgresSplitEnumerator(
                context, pipeline.identity(), endsWhenFinished, assigned);
    }

    @Override
    public SimpleVersionedSerializer<PostgresSplit> getSplitSerializer() {
        return new PostgresSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<Boolean> getEnumeratorCheckpointSerializer() {
        return new EnumeratorStateSerializer();
    }

    @Override
    public TypeInformation<PipelineElement> getProducedType() {
        return PipelineElementTypeInfo.INSTANCE;
    }
}
