package com.evolvishub.cdc.job;

import com.evolvishub.cdc.job.projection.DropColumnsFunction;
import com.evolvishub.cdc.planner.physical.PhysicalPlan;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.Schedule;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.runtime.serialization.PipelineElementTypeInfo;
import com.evolvishub.cdc.source.PostgresSource;
import com.evolvishub.cdc.source.dedupe.operator.ChangeDetector;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Translates a physical plan into one job graph. Each pipeline becomes one task of chained
 * operators in the slot-sharing group of its worker; each operator has its own uid.
 */
public final class JobTranslator {

    private JobTranslator() {}

    /**
     * The job graph of a plan.
     *
     * @param settings the settings of {@link FlinkSettings} and of the run
     */
    public static JobGraph translate(
            PhysicalPlan plan, JobOptions options, Configuration settings) {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(settings);
        addTo(environment, plan, options);
        return environment.getStreamGraph().getJobGraph();
    }

    /** Adds every pipeline to an environment that the caller submits ({@code flink run}). */
    public static void addTo(
            StreamExecutionEnvironment environment, PhysicalPlan plan, JobOptions options) {
        // a pipeline is one ordered stream, so no operator may have parallel instances
        environment.setParallelism(1);
        List<String> predecessors = new ArrayList<>();
        for (Pipeline pipeline : plan.pipelines()) {
            SinkFactory sinkFactory = SinkFactory.of(pipeline, options);
            if (plan.stopOnError() && options.stopsOnQuarantine()) {
                sinkFactory.stopOnQuarantine();
            }
            if (pipeline.enabled() && runsSequentially(plan)) {
                sinkFactory.awaitPredecessors(predecessors);
                predecessors.add(pipeline.identity());
            }
            add(environment, pipeline, options, sinkFactory);
        }
    }

    /**
     * Whether mappings run one after the other: with one worker, and only {@code one_time}
     * mappings.
     */
    private static boolean runsSequentially(PhysicalPlan plan) {
        return plan.workers() == 1
                && plan.pipelines().stream()
                        .filter(Pipeline::enabled)
                        .allMatch(pipeline -> pipeline.scan().schedule() instanceof Schedule.Once);
    }

    private static void add(
            StreamExecutionEnvironment environment,
            Pipeline pipeline,
            JobOptions options,
            SinkFactory sinkFactory) {
        DataStream<PipelineElement> rows =
                configure(
                        environment.fromSource(
                                new PostgresSource(
                                        pipeline,
                                        options.run(),
                                        options.endsWhenFinished(),
                                        options.choices().restoreMode(pipeline)),
                                WatermarkStrategy.noWatermarks(),
                                OperatorUid.READ.label(pipeline),
                                PipelineElementTypeInfo.INSTANCE),
                        pipeline,
                        OperatorUid.READ);
        if (pipeline.detect().isPresent()) {
            rows =
                    configure(
                            ChangeDetector.attachTo(
                                    rows,
                                    pipeline,
                                    options.run(),
                                    options.choices().restoreMode(pipeline),
                                    options.choices().suspectDeletes(pipeline)),
                            pipeline,
                            OperatorUid.DETECT);
        }
        if (pipeline.project().isPresent()) {
            rows =
                    configure(
                            rows.map(new DropColumnsFunction(pipeline.project().get().dropped()))
                                    .returns(PipelineElementTypeInfo.INSTANCE),
                            pipeline,
                            OperatorUid.PROJECT);
        }
        sinkFactory.addTo(rows);
    }

    static <T> SingleOutputStreamOperator<T> configure(
            SingleOutputStreamOperator<T> operator, Pipeline pipeline, OperatorUid uid) {
        return operator.uid(uid.of(pipeline))
                .name(uid.label(pipeline))
                .slotSharingGroup(pipeline.worker());
    }
}
