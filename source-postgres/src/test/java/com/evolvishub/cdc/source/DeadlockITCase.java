package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A poll never causes a deadlock in which the DDL of another session is aborted. */
class DeadlockITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final int TRANSACTIONS = 40;

    /** DDL that locks in the opposite order of a poll. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "TRUNCATE u; TRUNCATE t; INSERT INTO t SELECT generate_series(1, 20);"
                        + " INSERT INTO u SELECT generate_series(101, 120)",
                "REINDEX TABLE u"
            })
    void ddlOnTheTablesOfAViewNeverFails(String ddl, @FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE t (k int PRIMARY KEY)",
                "CREATE TABLE u (k int PRIMARY KEY)",
                "INSERT INTO t SELECT generate_series(1, 20)",
                "INSERT INTO u SELECT generate_series(101, 120)",
                "CREATE VIEW w AS SELECT * FROM t UNION ALL SELECT * FROM u");
        try (SourceTestHarness harness =
                new SourceTestHarness(
                                PipelineBuilder.table(source, "w")
                                        .key("k")
                                        .capture(new Capture.ByDiff(1))
                                        .pageRows(4)
                                        .polling()
                                        .build())
                        .retryingOutages()) {
            CompletableFuture<List<String>> failures =
                    CompletableFuture.supplyAsync(() -> failures(source, ddl));
            while (!failures.isDone()) {
                harness.step();
            }
            harness.finishPolls(2);

            assertThat(failures.join()).isEmpty();
            assertThat(harness.cells(0)).hasSize(40);
        }
    }

    /** Runs the DDL repeatedly, each time in one transaction; returns the failures. */
    private static List<String> failures(Database source, String ddl) {
        List<String> failures = new ArrayList<>();
        try (Connection connection = source.connect();
                Statement statement = connection.createStatement()) {
            // a waiting session checks for a deadlock at once and would be aborted
            statement.execute("SET deadlock_timeout = '1ms'");
            connection.setAutoCommit(false);
            for (int i = 0; i < TRANSACTIONS; i++) {
                try {
                    for (String sql : ddl.split(";", -1)) {
                        statement.execute(sql);
                    }
                    connection.commit();
                } catch (SQLException failure) {
                    failures.add(failure.getMessage());
                    connection.rollback();
                }
            }
        } catch (SQLException failure) {
            failures.add(failure.getMessage());
        }
        return failures;
    }
}
