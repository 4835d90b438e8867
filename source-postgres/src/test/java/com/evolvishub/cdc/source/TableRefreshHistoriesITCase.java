package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Random;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random histories of full refreshes and rewrites, with polls and crashes between. */
class TableRefreshHistoriesITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final int STEPS = 120;

    @ParameterizedTest
    @ValueSource(strings = {"t", "w"})
    void deletesNoRowThatEveryCommittedStateContains(
            String relation, @FreshDatabase Database source) throws Exception {
        long seed = Long.getLong("histories.seed", new Random().nextLong());
        Random random = new Random(seed);
        source.execute(
                "CREATE TABLE t (k int, v int)",
                "CREATE TABLE u (k int, v int)",
                "INSERT INTO t SELECT n, n FROM generate_series(1, 20) n",
                "INSERT INTO u SELECT n, n FROM generate_series(101, 120) n",
                "CREATE VIEW w AS SELECT * FROM t UNION ALL SELECT * FROM u");
        try (Connection writer = source.connect();
                Statement statement = writer.createStatement();
                SourceTestHarness harness =
                        new SourceTestHarness(
                                        PipelineBuilder.table(source, relation)
                                                .key("k")
                                                .capture(new Capture.ByDiff(1))
                                                .pageRows(4)
                                                .polling()
                                                .build())
                                .retryingOutages()) {
            writer.setAutoCommit(false);
            // a writer that waits for a poll fails: there is only one thread
            statement.execute("SET lock_timeout = '1ms'");
            writer.commit();
            for (int i = 0; i < STEPS; i++) {
                switch (random.nextInt(12)) {
                    case 0, 1 -> refresh(writer, statement, random);
                    case 2, 3 -> writer.commit();
                    case 4 -> harness.takeCheckpoint();
                    case 5 -> harness.crash();
                    default -> harness.step();
                }
            }
            writer.commit();
            harness.finishPolls(3);

            assertThat(harness.sent())
                    .as("seed %d", seed)
                    .noneMatch(row -> row.operation() == Operation.DELETE)
                    .hasSize(relation.equals("t") ? 20 : 40);
        }
    }

    private static void refresh(Connection writer, Statement statement, Random random)
            throws Exception {
        try {
            if (random.nextBoolean()) {
                statement.execute("TRUNCATE t");
                statement.execute("INSERT INTO t SELECT n, n FROM generate_series(1, 20) n");
            } else {
                statement.execute("ALTER TABLE t ALTER v TYPE int USING v + 0 * k");
            }
        } catch (java.sql.SQLException lockTimeout) {
            writer.rollback();
        }
    }
}
