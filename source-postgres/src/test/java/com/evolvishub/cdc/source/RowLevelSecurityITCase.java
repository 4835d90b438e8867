package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Rows that a role can no longer see are not deleted. */
class RowLevelSecurityITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @Test
    void enablingRowLevelSecurityDeletesNothing(@FreshDatabase Database source) throws Exception {
        ConnectionSpec reader = table(source);
        try (SourceTestHarness harness = harness(reader, "t")) {
            harness.finishPolls(1);
            source.execute("ALTER TABLE t ENABLE ROW LEVEL SECURITY");
            harness.finishPolls(2);

            assertThat(harness.rows()).hasSize(3);
            assertThat(harness.warnings())
                    .contains("row-level security", "3 rows fewer than the 3 known before")
                    .contains("first keys: ")
                    .contains("start once with --accept-deletes test");
        }
    }

    @Test
    void aChangedPolicyDeletesNothingUntilItIsUndone(@FreshDatabase Database source)
            throws Exception {
        ConnectionSpec reader = table(source);
        source.execute(
                "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
                "CREATE POLICY p ON t USING (true)",
                "CREATE VIEW w AS SELECT * FROM t");
        source.execute("ALTER VIEW w OWNER TO \"%s\"".formatted(reader.username()));
        try (SourceTestHarness harness = harness(reader, "w")) {
            harness.finishPolls(2);
            source.execute("ALTER POLICY p ON t USING (tenant = 1)");
            harness.finishPolls(1);
            assertThat(harness.rows()).hasSize(3);
            assertThat(harness.warnings()).contains("2 rows fewer");

            source.execute("ALTER POLICY p ON t USING (true)", "DELETE FROM t WHERE k = 3");
            harness.finishPolls(1);
            assertThat(harness.rows()).hasSize(4).endsWith("DELETE 3");
        }
    }

    @Test
    void aLostMembershipDeletesNothing(@FreshDatabase Database source) throws Exception {
        ConnectionSpec reader = table(source);
        String group = "group_" + source.name();
        source.execute(
                "CREATE ROLE \"%s\"".formatted(group),
                "GRANT \"%s\" TO \"%s\"".formatted(group, reader.username()),
                "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
                "CREATE POLICY p ON t TO \"%s\" USING (true)".formatted(group));
        try (SourceTestHarness harness = harness(reader, "t")) {
            harness.finishPolls(1);
            assertThat(harness.rows()).hasSize(3);
            source.execute("REVOKE \"%s\" FROM \"%s\"".formatted(group, reader.username()));
            harness.finishPolls(2);

            assertThat(harness.rows()).hasSize(3);
            assertThat(harness.warnings()).contains("membership of a role");
        }
    }

    @Test
    void acceptedDeletesAreSentOnceAndLaterOnesStopTheMapping(@FreshDatabase Database source)
            throws Exception {
        ConnectionSpec reader = table(source);
        try (SourceTestHarness harness = harness(reader, "t")) {
            harness.finishPolls(1);
            source.execute(
                    "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
                    "CREATE POLICY p ON t USING (tenant < 3)");
            harness.finishPolls(1);
            assertThat(harness.rows()).hasSize(3);

            harness.restartAcceptingDeletes();
            harness.finishPolls(2);
            assertThat(harness.rows()).hasSize(4).endsWith("DELETE 3");

            source.execute("ALTER POLICY p ON t USING (tenant < 2)");
            harness.takeCheckpoint();
            harness.crash();
            harness.finishPolls(2);
            assertThat(harness.rows()).hasSize(4);
        }
    }

    @Test
    void anUnusedApprovalExpires(@FreshDatabase Database source) throws Exception {
        ConnectionSpec reader = table(source);
        try (SourceTestHarness harness = harness(reader, "t")) {
            harness.finishPolls(1);
            harness.restartAcceptingDeletes();
            harness.finishPolls(1);
            source.execute("ALTER TABLE t ENABLE ROW LEVEL SECURITY");
            harness.finishPolls(2);

            assertThat(harness.rows()).hasSize(3);
        }
    }

    @Test
    void deletesUnderAnUnchangedPolicyAreSent(@FreshDatabase Database source) throws Exception {
        ConnectionSpec reader = table(source);
        source.execute(
                "ALTER TABLE t ENABLE ROW LEVEL SECURITY", "CREATE POLICY p ON t USING (true)");
        try (SourceTestHarness harness = harness(reader, "t")) {
            harness.finishPolls(1);
            source.execute("DELETE FROM t WHERE k = 2");
            harness.finishPolls(1);

            assertThat(harness.rows()).hasSize(4).endsWith("DELETE 2");
        }
    }

    private static ConnectionSpec table(Database source) {
        source.execute(
                "CREATE TABLE t (k int PRIMARY KEY, tenant int)",
                "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");
        return UnlockableSourceITCase.reader(source, "GRANT SELECT ON t TO %s");
    }

    private static SourceTestHarness harness(ConnectionSpec reader, String relation)
            throws Exception {
        return new SourceTestHarness(
                PipelineBuilder.table(reader, relation)
                        .key("k")
                        .capture(new Capture.ByDiff(1))
                        .polling()
                        .build());
    }
}
