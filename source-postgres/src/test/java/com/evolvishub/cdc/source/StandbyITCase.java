package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A standby that is disconnected from its primary. */
class StandbyITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @Test
    void readsAStandbyDisconnectedFromItsPrimary(@TempDir Path folder) throws Exception {
        Path home = folder.resolve("standby");
        try (PostgresServer primary = PostgresServer.builder().dataDirectory(home).start()) {
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
        try (PostgresServer standby = PostgresServer.builder().dataDirectory(home).start()) {
            Database source = standby.database("shop");
            assertThat(source.queryOne("SELECT pg_is_in_recovery()")).isEqualTo("t");
            try (SourceTestHarness harness = new SourceTestHarness(table(source))) {
                harness.finishPolls(3);

                assertThat(harness.cells(0)).containsExactly("1", "2", "3");
                assertThat(harness.gate().status().lowWatermark())
                        .isEqualTo(
                                "the standby has replayed what its primary committed until 1970-01-01 00:00:00+00");
                assertThat(harness.position().transactions().pins()).isEmpty();
            }
        }
    }

    private static Pipeline table(Database source) {
        return PipelineBuilder.table(source, "t")
                .watermark("at", NullWatermarkPolicy.IGNORE)
                .polling()
                .build();
    }
}
