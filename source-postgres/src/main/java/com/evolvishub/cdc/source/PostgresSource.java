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
 * The source of one lane. Runs at parallelism 1, in one chained task with the lane's delivery,
 * which installs the {@link com.evolvishub.cdc.runtime.pipeline.BackpressureGate} that this source
 * looks for when it is started.
 *
 * <p>Every row that a poll's snapshot shows above the last position goes out, in the order of
 * watermark and key, between the marks of its poll; after a restore at any moment the read goes on
 * behind the last row that the checkpoint holds. Where rows have no key, rows of one watermark may
 * come again after a restore: the {@code ChangeDetector} behind drops them. An outage never fails
 * the task.
 */
public final class PostgresSource
        implements Source<PipelineElement, PostgresSplit, Boolean>,
                ResultTypeQueryable<PipelineElement> {
    private static final long serialVersionUID = 1L;

    private final Pipeline pipeline;
    private final String run;
    private final boolean endsWhenFinished;
    private final RestoreMode resumption;

    /** A source that goes on from what an earlier run has left. */
    public PostgresSource(Pipeline pipeline, String run, boolean endsWhenFinished) {
        this(pipeline, run, endsWhenFinished, RestoreMode.RESUME);
    }

    /**
     * @param run the run's id, the same as that of the delivery behind
     * @param endsWhenFinished whether a {@code one_time} mapping ends its task once all is
     *     delivered, instead of parking; its position is gone then
     * @param resumption what becomes of an earlier run's position
     */
    public PostgresSource(
            Pipeline pipeline, String run, boolean endsWhenFinished, RestoreMode resumption) {
        this.pipeline = Objects.requireNonNull(pipeline, "pipeline");
        this.run = Objects.requireNonNull(run, "run");
        this.endsWhenFinished = endsWhenFinished;
        this.resumption = Objects.requireNonNull(resumption, "resumption");
    }

    @Override
    public Boundedness getBoundedness() {
        return endsWhenFinished ? Boundedness.BOUNDED : Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SourceReader<PipelineElement, PostgresSplit> createReader(SourceReaderContext context) {
        return new PostgresSourceReader(
                pipeline, run, resumption, endsWhenFinished, SourceClocks.system(), context);
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
