package com.evolvishub.cdc.job;

import static com.evolvishub.cdc.job.PlannedTestFile.mapping;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.PhysicalPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobTranslatorTest {

    private static final String WATERMARK = "watermark: {column: at, type: timestamp}";

    private static final List<String> MAPPINGS =
            List.of(
                    mapping("orders", WATERMARK),
                    mapping("people", WATERMARK, "exclude_columns: [at]"),
                    mapping("visits"),
                    mapping("parked", "enabled: false"));

    @TempDir private Path directory;

    /** The state of every released version is keyed by these uids: a changed uid loses state. */
    @Test
    void keepsTheReleasedUids() {
        assertThat(uids(plan(MAPPINGS)))
                .containsExactly(
                        "shop/orders/postgresql:b.orders/deliver",
                        "shop/orders/postgresql:b.orders/detect",
                        "shop/orders/postgresql:b.orders/read",
                        "shop/parked/postgresql:b.parked/deliver",
                        "shop/parked/postgresql:b.parked/detect",
                        "shop/parked/postgresql:b.parked/read",
                        "shop/people/postgresql:b.people/deliver",
                        "shop/people/postgresql:b.people/detect",
                        "shop/people/postgresql:b.people/project",
                        "shop/people/postgresql:b.people/read",
                        "shop/visits/postgresql:b.visits/deliver",
                        "shop/visits/postgresql:b.visits/detect",
                        "shop/visits/postgresql:b.visits/read");
    }

    @Test
    void uidsDependNeitherOnTheOrderOfMappingsNorOnWorkers() {
        List<String> reversed = new ArrayList<>(MAPPINGS);
        Collections.reverse(reversed);

        assertThat(uids(plan(reversed))).isEqualTo(uids(plan(MAPPINGS)));
        assertThat(uids(plan("max_workers: 1\n", MAPPINGS))).isEqualTo(uids(plan(MAPPINGS)));
        assertThat(uids(plan("parallel_execution: false\n", MAPPINGS)))
                .isEqualTo(uids(plan(MAPPINGS)));
    }

    @Test
    void chainsEachPipelineIntoOneTask() {
        assertThat(vertices(plan(MAPPINGS)))
                .extracting(JobVertex::getName)
                .containsExactlyInAnyOrder(
                        "Source: orders: read -> orders: detect -> orders: deliver",
                        "Source: people: read -> people: detect -> people: project -> people: deliver",
                        "Source: visits: read -> visits: detect -> visits: deliver",
                        "Source: parked: read -> parked: detect -> parked: deliver");
    }

    @Test
    void putsATransactionalSinkIntoTheSameTask() {
        PhysicalPlan plan =
                PlannedTestFile.of(
                                directory,
                                """
                                name: shop
                                mappings:
                                  - name: orders
                                    source: {type: postgresql, host: here, database: a, table: orders}
                                    destination: {type: kafka, host: there, table: orders}
                                    delivery: transactional
                                """)
                        .physical();

        assertThat(vertices(plan))
                .extracting(JobVertex::getName)
                .containsExactly(
                        "Source: orders: read -> orders: detect -> orders: deliver -> orders: commit: Writer -> orders: commit: Committer");
        assertThat(uids(plan))
                .contains("shop/orders/kafka:orders/commit", "shop/orders/kafka:orders/deliver");
    }

    @Test
    void runsEveryTaskWithParallelismOne() {
        assertThat(vertices(plan(MAPPINGS))).extracting(JobVertex::getParallelism).containsOnly(1);
    }

    @Test
    void assignsPipelinesToWorkers() {
        // enabled mappings are assigned first, so that a disabled one takes no worker from them
        assertThat(workers(plan("max_workers: 3\n", MAPPINGS)))
                .containsExactly(
                        "orders on worker-1",
                        "parked on worker-1",
                        "people on worker-2",
                        "visits on worker-3");
        assertThat(workers(plan("parallel_execution: false\n", MAPPINGS)))
                .allSatisfy(assignment -> assertThat(assignment).endsWith(" on worker-1"));
    }

    @Test
    void disablesKryoAndGeneratedUids() {
        Configuration settings = FlinkSettings.of(plan(MAPPINGS));

        assertThat(settings.get(PipelineOptions.GENERIC_TYPES)).isFalse();
        assertThat(settings.get(PipelineOptions.AUTO_GENERATE_UIDS)).isFalse();
        assertThat(settings.get(PipelineOptions.OBJECT_REUSE)).isTrue();
        assertThat(settings.get(StateBackendOptions.STATE_BACKEND)).isEqualTo("rocksdb");
        assertThat(settings.get(CheckpointingOptions.INCREMENTAL_CHECKPOINTS)).isTrue();
    }

    private PhysicalPlan plan(List<String> mappings) {
        return plan("", mappings);
    }

    private PhysicalPlan plan(String head, List<String> mappings) {
        return PlannedTestFile.shop(directory, head, mappings).physical();
    }

    private static List<String> uids(PhysicalPlan plan) {
        return nodes(plan).map(StreamNode::getTransformationUID).sorted().toList();
    }

    private static List<String> workers(PhysicalPlan plan) {
        return nodes(plan)
                .map(
                        node ->
                                node.getTransformationUID().replaceAll("^shop/([^/]+)/.*", "$1")
                                        + " on "
                                        + node.getSlotSharingGroup())
                .distinct()
                .sorted()
                .toList();
    }

    private static Stream<StreamNode> nodes(PhysicalPlan plan) {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(FlinkSettings.of(plan));
        JobTranslator.addTo(
                environment, plan, new JobOptions("run", false, RestoreOptions.NONE, false));
        return environment.getStreamGraph().getStreamNodes().stream();
    }

    private static List<JobVertex> vertices(PhysicalPlan plan) {
        return StreamSupport.stream(
                        JobTranslator.translate(
                                        plan,
                                        new JobOptions("run", false, RestoreOptions.NONE, false),
                                        FlinkSettings.of(plan))
                                .getVertices()
                                .spliterator(),
                        false)
                .toList();
    }
}
