package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that are none. */
class DuplicateKeysITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @ParameterizedTest
    @ValueSource(strings = {"timestamptz", "bigint"})
    void apartSettleOnTheNewestRowAndAreTold(String type, @FreshDatabase Database source)
            throws Exception {
        String at =
                switch (type) {
                    case "timestamptz" -> "now() - interval '7 s' + n * interval '1 s'";
                    default -> "n";
                };
        source.execute(
                "CREATE TABLE t (k int, v text, at " + type + ")",
                "INSERT INTO t SELECT n % 2, 'v' || n, " + at + " FROM generate_series(1, 4) n");
        try (SourceTestHarness lane = new SourceTestHarness(keyed(source))) {
            lane.finishPolls(1);
            assertThat(lane.trouble()).isEmpty();
            for (int i = 0; i < 4; i++) {
                lane.takeCheckpoint();
                lane.crash();
                lane.finishPolls(2);
            }
            assertThat(versions(lane)).containsExactly("v1", "v2", "v3", "v4");
            assertThat(lane.trouble()).contains("2 rows were left out: another row of the read");

            // the newest one goes: what was left out is there again
            source.execute("DELETE FROM t WHERE v = 'v4'");
            lane.finishPolls(3);
            assertThat(versions(lane)).hasSize(5).endsWith("v2");
        }
    }

    @Test
    void thatComeBehindWhatWasReadSettleToo(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE t (k int, v text, at timestamptz)",
                "INSERT INTO t VALUES (1, 'a', now() - interval '2 s'), (2, 'b', now())");
        try (SourceTestHarness lane = new SourceTestHarness(keyed(source))) {
            lane.finishPolls(1);
            source.execute("INSERT INTO t VALUES (1, 'c', now() - interval '1 s')");
            lane.finishPolls(4);
            assertThat(versions(lane)).containsExactly("a", "b", "c");

            source.execute("INSERT INTO t VALUES (1, 'd', now())");
            lane.finishPolls(4);
            assertThat(versions(lane)).containsExactly("a", "b", "c", "d");
        }
    }

    @Test
    void sideBySideAreTold(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE t (k int, v text, at timestamptz)",
                "INSERT INTO t VALUES (1, 'a', '2024-01-01'), (1, 'b', '2024-01-01')");
        try (SourceTestHarness lane = new SourceTestHarness(keyed(source))) {
            lane.finishPolls(4);
            assertThat(lane.sent()).hasSize(1);
            assertThat(lane.gate().status().source().cause())
                    .startsWith(
                            "1 rows were left out: the row before them has the same watermark and the same key (k)");
        }
    }

    @Test
    void thatAreNullAreTold(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE t (k int, v text, at timestamptz)",
                "INSERT INTO t VALUES (NULL, 'a', now()), (1, 'b', now()), (NULL, 'c', now())");
        try (SourceTestHarness lane = new SourceTestHarness(keyed(source))) {
            lane.finishPolls(1);
            assertThat(versions(lane)).containsExactly("b");
            assertThat(lane.gate().status().source().cause())
                    .startsWith("2 rows were left out: a column of their key (k) is NULL");

            source.execute(
                    "UPDATE t SET k = 2, at = now() WHERE v = 'a'",
                    "DELETE FROM t WHERE k IS NULL");
            lane.finishPolls(2);
            assertThat(versions(lane)).containsExactly("b", "a");
            assertThat(lane.gate().status().source().cause()).isEmpty();
        }
    }

    private static Pipeline keyed(Database source) {
        return PipelineBuilder.table(source, "t")
                .watermark("at", NullWatermarkPolicy.IGNORE)
                .lookingBack(Duration.ofMinutes(10))
                .key("k")
                .polling()
                .build();
    }

    private static List<String> versions(SourceTestHarness lane) {
        return lane.cells(1);
    }
}
