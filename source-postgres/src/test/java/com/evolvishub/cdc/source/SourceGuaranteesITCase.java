package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.sql.PollQuery;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks each cell of the matrix in docs/capture.md against servers. */
@ResourceLock(PrimaryWithStandby.REPLAY)
class SourceGuaranteesITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
    @RegisterExtension static final PrimaryWithStandby PAIR = PrimaryWithStandby.shared();

    private static final Duration LOOKBACK = Duration.ofMillis(200);

    private Database source;
    private Database read;

    static List<Arguments> cells() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "capture.md"));
        String matrix =
                page.substring(
                        page.indexOf("<!-- matrix -->"), page.indexOf("<!-- end of matrix -->"));
        List<List<String>> rows =
                matrix.lines()
                        .filter(line -> line.startsWith("| "))
                        .map(
                                line ->
                                        Stream.of(line.split("\\|", -1))
                                                .filter(cell -> !cell.isBlank())
                                                .map(String::strip)
                                                .toList())
                        .toList();
        List<Arguments> cells = new ArrayList<>();
        for (List<String> row : rows.subList(1, rows.size())) {
            for (int i = 1; i < row.size(); i++) {
                cells.add(Arguments.of(row.get(0), rows.get(0).get(i), row.get(i)));
            }
        }
        assertThat(cells).hasSize(21);
        return cells;
    }

    @AfterEach
    void dropDatabases() {
        if (read.name().equals(source.name())) {
            (read.port() == POSTGRES.port() ? POSTGRES : PAIR.primary())
                    .dropDatabase(source.name());
        } else {
            POSTGRES.dropDatabase(read.name());
            POSTGRES.dropDatabase(source.name());
        }
    }

    @ParameterizedTest
    @MethodSource("cells")
    void guaranteeOfTheMatrixHolds(String kind, String mode, String guarantee) throws Exception {
        createSource(kind, kind.replace(' ', '_') + "_" + mode);
        try (SourceTestHarness harness = new SourceTestHarness(pipeline(kind, mode));
                Connection writer = source.connect();
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            poll(harness, kind, 2);
            // the long transaction, with a watermark below those read meanwhile
            statement.execute("INSERT INTO t VALUES (2, now() - interval '50 ms')");
            statement.execute("DELETE FROM t WHERE id = 9");
            source.execute("INSERT INTO t VALUES (3, now())");
            pollUntilOlderThanLookback(harness, kind);
            writer.commit();
            poll(harness, kind, 3);

            List<String> changes =
                    harness.rows().stream().map(row -> row.split("\t", -1)[0]).toList();
            List<String> keys =
                    changes.stream()
                            .filter(row -> !row.startsWith("DELETE"))
                            .map(row -> row.split(" ", -1)[1])
                            .toList();
            assertThat(keys).containsExactlyInAnyOrder("1", "9", "3", "2");
            assertThat(changes.contains("DELETE 9")).isEqualTo(guarantee.endsWith("with deletes"));
            if (guarantee.startsWith("within")) {
                assertMissedBeyondTheLimit(harness, kind);
            }
        }
    }

    /** The limit of the guarantee: a row that is later than the limit is not found. */
    private void assertMissedBeyondTheLimit(SourceTestHarness harness, String kind)
            throws Exception {
        source.execute("INSERT INTO t VALUES (4, now() - interval '2 h')");
        poll(harness, kind, 3);
        assertThat(harness.cells(0)).doesNotContain("4");
    }

    private void createSource(String kind, String name) {
        boolean standby = kind.equals("standby");
        source = (standby ? PAIR.primary() : POSTGRES).createDatabase("matrix_" + name);
        source.execute(
                kind.equals("partitioned")
                        ? "CREATE TABLE t (id int, at timestamptz) PARTITION BY RANGE (id)"
                        : "CREATE TABLE t (id int PRIMARY KEY, at timestamptz)");
        if (kind.equals("partitioned")) {
            source.execute(
                    "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (3)",
                    "CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (3) TO (100)");
        }
        source.execute("INSERT INTO t VALUES (1, now()), (9, now())");
        read = source;
        switch (kind) {
            case "view" -> source.execute("CREATE VIEW r AS SELECT * FROM t");
            case "materialized view" ->
                    source.execute("CREATE MATERIALIZED VIEW r AS SELECT * FROM t");
            case "foreign table" -> {
                read = POSTGRES.createDatabase("matrix_far_" + name);
                RemoteCommitsITCase.linkForeignTable(read, source);
                read.execute("CREATE VIEW r AS SELECT * FROM f");
            }
            case "standby" -> read = PAIR.replica(source);
            default -> {}
        }
    }

    private com.evolvishub.cdc.planner.physical.Pipeline pipeline(String kind, String mode) {
        String relation =
                switch (kind) {
                    case "view", "materialized view", "foreign table" -> "r";
                    default -> "t";
                };
        boolean byLastSync = mode.equals("query");
        PipelineBuilder builder =
                byLastSync
                        ? PipelineBuilder.query(
                                read,
                                new PollQuery.Text(
                                        "SELECT id, at FROM " + relation + " WHERE at > "),
                                PollQuery.Placeholder.LAST_SYNC)
                        : kind.equals("query")
                                ? PipelineBuilder.query(
                                        read, new PollQuery.Text("SELECT id, at FROM t"))
                                : PipelineBuilder.table(read, relation);
        Capture capture =
                switch (mode) {
                    case "watermark" ->
                            new Capture.ByWatermark(
                                    "at",
                                    WatermarkType.TIMESTAMP,
                                    "",
                                    "UTC",
                                    LOOKBACK,
                                    1000,
                                    Duration.ZERO,
                                    NullWatermarkPolicy.IGNORE);
                    // a foreign table uses the default lookback
                    case "query" ->
                            new Capture.ByQuery(
                                    kind.equals("foreign table")
                                            ? Capture.DEFAULT_LOOKBACK
                                            : LOOKBACK,
                                    "");
                    default -> new Capture.ByDiff(1);
                };
        return builder.key("id").capture(capture).polling().build();
    }

    private void poll(SourceTestHarness harness, String kind, int polls) throws Exception {
        if (kind.equals("materialized view")) {
            source.execute("REFRESH MATERIALIZED VIEW r");
        }
        if (kind.equals("standby")) {
            PrimaryWithStandby.replay(source, read);
        }
        harness.finishPolls(polls);
    }

    /** Polls until the last written row is older than the lookback. */
    private void pollUntilOlderThanLookback(SourceTestHarness harness, String kind)
            throws Exception {
        String old =
                "SELECT max(at) < now() - interval '%d ms' FROM t".formatted(LOOKBACK.toMillis());
        poll(harness, kind, 1);
        await().pollInterval(Duration.ofMillis(20))
                .until(
                        () -> {
                            harness.finishPolls(1);
                            return source.queryOne(old);
                        },
                        "t"::equals);
        poll(harness, kind, 2);
    }
}
