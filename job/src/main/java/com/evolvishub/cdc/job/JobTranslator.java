package com.evolvishub.cdc.job;

import com.evolvishub.cdc.capture.detect.ChangeDetector;
import com.evolvishub.cdc.capture.source.WatermarkSource;
import com.evolvishub.cdc.flow.FlowElement;
import com.evolvishub.cdc.flow.FlowElementTypeInfo;
import com.evolvishub.cdc.job.project.ProjectFunction;
import com.evolvishub.cdc.planner.physical.PhysicalPlan;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.Schedule;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Turns a physical plan into one job graph: a chain of operators for each pipeline, all in one
 * task, each operator with a uid of its own, each chain in the slot-sharing group of its worker.
 */
public final class JobTranslator {

    private JobTranslator() {}

    /**
     * The job graph of a plan.
     *
     * @param settings what {@link FlinkSettings} answered, with what the run adds
     */
    public static JobGraph translate(
            PhysicalPlan plan, JobOptions options, Configuration settings) {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(settings);
        addTo(environment, plan, options);
        return environment.getStreamGraph().getJobGraph();
    }

    /** Adds every pipeline to an environment that somebody else submits ({@code flink run}). */
    public static void addTo(
            StreamExecutionEnvironment environment, PhysicalPlan plan, JobOptions options) {
        // a lane is one ordered stream: nothing in it may run twice
        environment.setParallelism(1);
        List<String> earlier = new ArrayList<>();
        for (Pipeline pipeline : plan.pipelines()) {
            LaneEnd end = LaneEnd.of(pipeline, options);
            if (plan.stopOnError() && options.stopsItself()) {
                end.failWhenQuarantined();
            }
            if (pipeline.enabled() && runsOneAfterTheOther(plan)) {
                end.after(earlier);
                earlier.add(pipeline.identity());
            }
            add(environment, pipeline, options, end);
        }
    }

    /** On one worker mappings take turns; those that only run once are done one by one instead. */
    private static boolean runsOneAfterTheOther(PhysicalPlan plan) {
        return plan.workers() == 1
                && plan.pipelines().stream()
                        .filter(Pipeline::enabled)
                        .allMatch(pipeline -> pipeline.scan().schedule() instanceof Schedule.Once);
    }

    private static void add(
            StreamExecutionEnvironment environment,
            Pipeline pipeline,
            JobOptions options,
            LaneEnd end) {
        DataStream<FlowElement> rows =
                placed(
                        environment.fromSource(
                                new WatermarkSource(
                                        pipeline,
                                        options.run(),
                                        options.endsWhenFinished(),
                                        options.choices().resumption(pipeline)),
                                WatermarkStrategy.noWatermarks(),
                                OperatorUid.READ.label(pipeline),
                                FlowElementTypeInfo.INSTANCE),
                        pipeline,
                        OperatorUid.READ);
        if (pipeline.detect().isPresent()) {
            rows =
                    placed(
                            ChangeDetector.behind(
                                    rows,
                                    pipeline,
                                    options.run(),
                                    options.choices().resumption(pipeline),
                                    options.choices().suspectDeletes(pipeline)),
                            pipeline,
                            OperatorUid.DETECT);
        }
        if (pipeline.project().isPresent()) {
            rows =
                    placed(
                            rows.map(new ProjectFunction(pipeline.project().get().dropped()))
                                    .returns(FlowElementTypeInfo.INSTANCE),
                            pipeline,
                            OperatorUid.PROJECT);
        }
        end.behind(rows);
    }

    static <T> SingleOutputStreamOperator<T> placed(
            SingleOutputStreamOperator<T> operator, Pipeline pipeline, OperatorUid uid) {
        return operator.uid(uid.of(pipeline))
                .name(uid.label(pipeline))
                .slotSharingGroup(pipeline.worker());
    }
}
