package com.evolvishub.cdc.capture.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.capture.PipelineBuilder;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.NullWatermark;
import com.evolvishub.cdc.servers.Database;
import com.evolvishub.cdc.servers.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A standby that was cut off from its primary. */
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

    private static Pipeline table(Database source) {
        return PipelineBuilder.table(source, "t")
                .watermark("at", NullWatermark.IGNORE)
                .polling()
                .build();
    }
}
