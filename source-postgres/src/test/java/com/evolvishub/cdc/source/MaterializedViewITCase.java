package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.sql.PollQuery;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A refresh makes rows of any age visible at once. */
class MaterializedViewITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private Database source;

    @BeforeEach
    void createView(@FreshDatabase Database database) {
        source = database;
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz)",
                "INSERT INTO t SELECT n, now() - interval '1 h' + n * interval '1 min'"
                        + " FROM generate_series(1, 5) n",
                "CREATE MATERIALIZED VIEW m AS SELECT * FROM t",
                "CREATE VIEW v AS SELECT * FROM m");
    }

    @Test
    void findsOldRowsAfterARefresh() throws Exception {
        try (SourceTestHarness harness = byWatermark("m")) {
            assertOldRowsAreFound(harness, "REFRESH MATERIALIZED VIEW m");
        }
    }

    @Test
    void findsOldRowsThroughAViewAfterAConcurrentRefresh() throws Exception {
        source.execute("CREATE UNIQUE INDEX ON m (id)");
        try (SourceTestHarness harness = byWatermark("v")) {
            assertOldRowsAreFound(harness, "REFRESH MATERIALIZED VIEW CONCURRENTLY m");
        }
    }

    @Test
    void findsOldRowsByAQuery() throws Exception {
        SourceTestHarness harness =
                new SourceTestHarness(
                        PipelineBuilder.query(
                                        source,
                                        new PollQuery.Text("SELECT id, at FROM m WHERE at > "),
                                        PollQuery.Placeholder.LAST_SYNC)
                                .key("id")
                                .capture(new Capture.ByQuery(Duration.ofSeconds(10), ""))
                                .polling()
                                .build());
        try (harness) {
            assertOldRowsAreFound(harness, "REFRESH MATERIALIZED VIEW m");
        }
    }

    @Test
    void comparesAllRowsOncePerRefresh() throws Exception {
        // on its own server: an open transaction of another test would make a refresh look new
        // again
        try (PostgresServer server = PostgresServer.builder().start()) {
            createView(server.createDatabase("quiet"));
            source.execute("CREATE UNIQUE INDEX ON m (id)");
            assertAllRowsAreComparedOnce();
        }
    }

    private void assertAllRowsAreComparedOnce() throws Exception {
        try (SourceTestHarness harness = byWatermark("m")) {
            harness.finishPolls(2);
            long before = harness.gate().status().rowsRead.get();
            harness.finishPolls(3);
            // a transaction that does not concern the view ends
            source.execute("CREATE TABLE noise ()");
            harness.finishPolls(3);

            // within the lookback each of the six polls reads the newest row again
            assertThat(harness.gate().status().rowsRead.get()).isBetween(before, before + 6);
            assertThat(harness.cells(0)).containsExactly("1", "2", "3", "4", "5");
        }
    }

    @Test
    void comparesAllRowsAgainAfterACrash() throws Exception {
        try (SourceTestHarness harness = byWatermark("m")) {
            harness.finishPolls(2);
            harness.takeCheckpoint();
            source.execute(
                    "INSERT INTO t VALUES (0, now() - interval '2 h')",
                    "REFRESH MATERIALIZED VIEW m");
            harness.finishPolls(1);
            harness.crash();
            harness.finishPolls(2);
            assertThat(harness.cells(0)).containsExactly("1", "2", "3", "4", "5", "0");
        }
    }

    private void assertOldRowsAreFound(SourceTestHarness harness, String refresh) throws Exception {
        harness.finishPolls(2);
        source.execute(
                "INSERT INTO t SELECT 6, max(at) - interval '1 ms' FROM t",
                "INSERT INTO t VALUES (7, now() - interval '2 h')",
                refresh);
        harness.finishPolls(2);
        assertThat(harness.cells(0)).containsExactlyInAnyOrder("1", "2", "3", "4", "5", "6", "7");
        source.execute("UPDATE t SET at = at - interval '1 day' WHERE id = 1", refresh);
        harness.finishPolls(3);
        assertThat(harness.cells(0)).hasSize(8).endsWith("1");
    }

    private SourceTestHarness byWatermark(String relation) throws Exception {
        return new SourceTestHarness(
                PipelineBuilder.table(source, relation)
                        .key("id")
                        .watermark("at", NullWatermarkPolicy.IGNORE)
                        .polling()
                        .build());
    }
}
