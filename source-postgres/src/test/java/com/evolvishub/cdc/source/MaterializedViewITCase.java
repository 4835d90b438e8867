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

/** A refresh shows rows of any age at once. */
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
    void findsOldRowsThatARefreshShows() throws Exception {
        try (SourceTestHarness lane = byWatermark("m")) {
            showOldRows(lane, "REFRESH MATERIALIZED VIEW m");
        }
    }

    @Test
    void findsThemThroughAViewAndAfterAConcurrentRefresh() throws Exception {
        source.execute("CREATE UNIQUE INDEX ON m (id)");
        try (SourceTestHarness lane = byWatermark("v")) {
            showOldRows(lane, "REFRESH MATERIALIZED VIEW CONCURRENTLY m");
        }
    }

    @Test
    void findsThemByAQuery() throws Exception {
        SourceTestHarness lane =
                new SourceTestHarness(
                        PipelineBuilder.query(
                                        source,
                                        new PollQuery.Text("SELECT id, at FROM m WHERE at > "),
                                        PollQuery.Placeholder.LAST_SYNC)
                                .key("id")
                                .capture(new Capture.ByQuery(Duration.ofSeconds(10), ""))
                                .polling()
                                .build());
        try (lane) {
            showOldRows(lane, "REFRESH MATERIALIZED VIEW m");
        }
    }

    @Test
    void comparesEverythingOnceARefresh() throws Exception {
        // on a server of its own: while others hold a transaction open, a refresh is taken for new
        try (PostgresServer server = PostgresServer.builder().start()) {
            createView(server.createDatabase("quiet"));
            source.execute("CREATE UNIQUE INDEX ON m (id)");
            comparesEverythingOnce();
        }
    }

    private void comparesEverythingOnce() throws Exception {
        try (SourceTestHarness lane = byWatermark("m")) {
            lane.finishPolls(2);
            long before = lane.gate().status().rowsRead.get();
            lane.finishPolls(3);
            // a transaction that ends has nothing to do with the view
            source.execute("CREATE TABLE noise ()");
            lane.finishPolls(3);

            // within the look-back the newest row is read again at each of the six polls
            assertThat(lane.gate().status().rowsRead.get()).isBetween(before, before + 6);
            assertThat(lane.cells(0)).containsExactly("1", "2", "3", "4", "5");
        }
    }

    @Test
    void comparesEverythingAgainAfterACrash() throws Exception {
        try (SourceTestHarness lane = byWatermark("m")) {
            lane.finishPolls(2);
            lane.takeCheckpoint();
            source.execute(
                    "INSERT INTO t VALUES (0, now() - interval '2 h')",
                    "REFRESH MATERIALIZED VIEW m");
            lane.finishPolls(1);
            lane.crash();
            lane.finishPolls(2);
            assertThat(lane.cells(0)).containsExactly("1", "2", "3", "4", "5", "0");
        }
    }

    private void showOldRows(SourceTestHarness lane, String refresh) throws Exception {
        lane.finishPolls(2);
        source.execute(
                "INSERT INTO t SELECT 6, max(at) - interval '1 ms' FROM t",
                "INSERT INTO t VALUES (7, now() - interval '2 h')",
                refresh);
        lane.finishPolls(2);
        assertThat(lane.cells(0)).containsExactlyInAnyOrder("1", "2", "3", "4", "5", "6", "7");
        source.execute("UPDATE t SET at = at - interval '1 day' WHERE id = 1", refresh);
        lane.finishPolls(3);
        assertThat(lane.cells(0)).hasSize(8).endsWith("1");
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
