package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks in the server's log that no statement to the source contains an excluded column. */
class ExcludedColumnsITCase {

    @TempDir private Path directory;

    @Test
    void neverSelectsAnExcludedColumn() throws Exception {
        try (PostgresServer server = PostgresServer.builder().logsStatements().start()) {
            Database source = server.createDatabase("source");
            Database destination = server.createDatabase("destination");
            source.execute(
                    "CREATE TABLE people (id int PRIMARY KEY, name text, ssn_hidden text, at timestamptz)",
                    "INSERT INTO people VALUES (1, 'Ada', 'secret-1', now()), (2, 'Bob', 'secret-2', now())");
            long logged = Files.size(server.logFile());
            String exclusion = "exclude_columns: [ssn_hidden]";

            CliProcess.Ended ended =
                    new EndToEndSetup(directory, source, destination)
                            .with("global_sync:\n  mode: one_time")
                            .mapping("diff", "people", "people_diff", exclusion)
                            .mapping(
                                    "watermark",
                                    "people",
                                    "people_watermark",
                                    exclusion,
                                    "watermark:\n  column: at\n  type: timestamp\n")
                            .runInThisJvm();

            assertThat(ended.exitCode()).as(ended.output()).isZero();
            assertThat(destination.queryOne("SELECT count(*) FROM people_diff")).isEqualTo("2");
            assertThat(destination.queryOne("SELECT count(*) FROM people_watermark"))
                    .isEqualTo("2");
            String statements = Files.readString(server.logFile()).substring((int) logged);
            assertThat(statements).contains("COPY").contains("\"name\"");
            assertThat(statements).doesNotContain("ssn_hidden").doesNotContain("secret-1");
        }
    }
}
