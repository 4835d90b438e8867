package com.evolvishub.cdc.capture.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.capture.PipelineBuilder;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.NullWatermark;
import com.evolvishub.cdc.servers.Database;
import com.evolvishub.cdc.servers.FreshDatabase;
import com.evolvishub.cdc.servers.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A standby, and a clock that is behind the one before. */
class StandbyITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @Test
    void isReadWhereItWasCutOffFromItsPrimary(@TempDir Path folder) throws Exception {
        Path home = folder.resolve("standby");
        try (PostgresServer primary = PostgresServer.builder().keepsDataIn(home).start()) {
            Database source = primary.createDatabase("shop");
            source.execute(
                    "CREATE TABLE t (id int PRIMARY KEY, at timestamptz)",
                    "INSERT INTO t SELECT n, now() FROM generate_series(1, 3) n");
        }
        Path data = home.resolve("data");
        Files.createFile(data.resolve("standby.signal"));
        Files.writeString(
                data.resolve("postgresql.auto.conf"),
                "\nrestore_command = 'false'\nhot_standby = on\n",
                StandardOpenOption.APPEND);
        try (PostgresServer standby = PostgresServer.builder().keepsDataIn(home).start()) {
            Database source = standby.database("shop");
            assertThat(source.queryOne("SELECT pg_is_in_recovery()")).isEqualTo("t");
            try (LaneModel lane = new LaneModel(table(source))) {
                lane.finishPolls(3);

                assertThat(lane.cells(0)).containsExactly("1", "2", "3");
                assertThat(lane.gate().status().floor())
                        .isEqualTo(
                                "the standby has replayed what its primary committed until 1970-01-01 00:00:00+00");
                assertThat(lane.position().looks().pins()).isEmpty();
            }
        }
    }

    @Test
    void whoseClockIsBehindIsLookedBackOnOnce(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz)",
                "INSERT INTO t VALUES (1, now())");
        try (LaneModel lane = new LaneModel(table(source))) {
            lane.finishPolls(2);
            lane.takeCheckpoint();
            lane.crashInto(split -> seenByAClockThatIsAnHourAhead(source, split));
            source.execute("INSERT INTO t VALUES (2, now() - interval '50 min')");
            lane.finishPolls(1);
            assertThat(lane.cells(0)).containsExactly("1", "2");

            source.execute("INSERT INTO t VALUES (3, now() - interval '50 min')");
            lane.finishPolls(2);
            assertThat(lane.cells(0)).containsExactly("1", "2");
        }
    }

    private static WatermarkSplit seenByAClockThatIsAnHourAhead(
            Database source, WatermarkSplit split) {
        Looks seen = split.looks();
        String later =
                source.queryOne("SELECT '%s'::timestamptz + interval '1 h'".formatted(seen.at()));
        Looks ahead = new Looks(later, seen.atMicros() + 3_600_000_000L, seen.pins());
        return new WatermarkSplit(
                split.splitId(),
                split.poll(),
                split.key(),
                split.after(),
                split.readAt(),
                split.reading(),
                split.range(),
                split.lastSync(),
                ahead,
                split.reach(),
                split.asideAt(),
                split.time(),
                split.origin());
    }

    private static Pipeline table(Database source) {
        return PipelineBuilder.table(source, "t")
                .watermark("at", NullWatermark.IGNORE)
                .polling()
                .build();
    }
}
