package com.evolvishub.cdc.capture.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.capture.LaneCluster;
import com.evolvishub.cdc.capture.LaneCluster.RunningLane;
import com.evolvishub.cdc.capture.PipelineBuilder;
import com.evolvishub.cdc.servers.Database;
import com.evolvishub.cdc.servers.FreshDatabase;
import com.evolvishub.cdc.servers.PostgresServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DiffITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
    @RegisterExtension static final LaneCluster CLUSTER = new LaneCluster();

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void tellsInsertsUpdatesAndDeletesOfAView(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, item text)",
                "CREATE VIEW latest AS SELECT id, item FROM orders",
                "INSERT INTO orders VALUES (1, 'one'), (2, 'two')");
        RunningLane lane = CLUSTER.run(PipelineBuilder.table(source, "latest").key("id").build());
        awaitRows(lane, "INSERT 1\tone", "INSERT 2\ttwo");

        source.execute("UPDATE orders SET item = 'zwei' WHERE id = 2");
        awaitRows(lane, "INSERT 1\tone", "INSERT 2\ttwo", "UPDATE 2\tzwei");

        source.execute("DELETE FROM orders WHERE id = 1");
        awaitRows(lane, "INSERT 1\tone", "INSERT 2\ttwo", "UPDATE 2\tzwei", "DELETE 1");

        source.execute("INSERT INTO orders VALUES (1, 'one')");
        awaitRows(
                lane,
                "INSERT 1\tone",
                "INSERT 2\ttwo",
                "UPDATE 2\tzwei",
                "DELETE 1",
                "INSERT 1\tone");
    }

    private static void awaitRows(RunningLane lane, String... rows) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(lane.rows()).isEqualTo(List.of(rows)));
    }
}
