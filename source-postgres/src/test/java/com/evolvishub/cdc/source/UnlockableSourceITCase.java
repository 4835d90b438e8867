package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A row of a source that cannot be locked before the snapshot is deleted after it is missing in two
 * reads.
 */
class UnlockableSourceITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @Test
    void aTableNeedsOneRead(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE t (k int PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)");
        try (SourceTestHarness harness =
                new SourceTestHarness(PipelineBuilder.table(source, "t").polling().build())) {
            harness.finishPolls(1);
            source.execute("DELETE FROM t WHERE k = 1");
            harness.finishPolls(1);

            assertThat(harness.rows()).containsExactly("INSERT 1", "INSERT 2", "DELETE 1");
        }
    }

    @Test
    void aDeleteNeedsTwoReadsUnderColumnGrants(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE t (k int PRIMARY KEY, v text, secret text)",
                "INSERT INTO t VALUES (1, 'a'), (2, 'b')");
        ConnectionSpec reader = reader(source, "GRANT SELECT (k, v) ON t TO %s");
        deletesAfterTwoReads(
                source,
                PipelineBuilder.table(reader, "t").exclude("secret").polling(),
                "DELETE FROM t WHERE k = 1",
                "DELETE 1");
    }

    @Test
    void aMaterializedViewNeedsTwoReadsEvenIfItIsRefreshedBetween(@FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE t (k int PRIMARY KEY, v text)",
                "INSERT INTO t VALUES (1, 'a'), (2, 'b')",
                "CREATE MATERIALIZED VIEW m AS SELECT * FROM t");
        try (SourceTestHarness harness =
                new SourceTestHarness(
                        PipelineBuilder.table(source, "m").key("k").polling().build())) {
            harness.finishPolls(2);
            source.execute("DELETE FROM t WHERE k = 1", "REFRESH MATERIALIZED VIEW m");
            harness.finishPolls(1);
            assertThat(harness.rows()).hasSize(2);
            source.execute("REFRESH MATERIALIZED VIEW m");
            harness.finishPolls(1);
            assertThat(harness.rows()).containsExactly("INSERT 1\ta", "INSERT 2\tb", "DELETE 1");
        }
    }

    @Test
    void aFunctionOverATableNeedsTwoReads(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE t (k int PRIMARY KEY, v text)",
                "INSERT INTO t VALUES (1, 'a'), (2, 'b')",
                "CREATE FUNCTION f() RETURNS SETOF t LANGUAGE plpgsql AS"
                        + " 'BEGIN RETURN QUERY SELECT * FROM t; END'",
                "CREATE VIEW w AS SELECT * FROM f()");
        deletesAfterTwoReads(
                source,
                PipelineBuilder.table(source, "w").key("k").polling(),
                "DELETE FROM t WHERE k = 1",
                "DELETE 1");
    }

    @Test
    void twoReadsOfDifferentFilesDoNotConfirmADelete(@FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE t (k int PRIMARY KEY, v text, secret text)",
                "INSERT INTO t VALUES (1, 'a'), (2, 'b')");
        ConnectionSpec reader = reader(source, "GRANT SELECT (k, v) ON t TO %s");
        try (SourceTestHarness harness =
                new SourceTestHarness(
                        PipelineBuilder.table(reader, "t").exclude("secret").polling().build())) {
            harness.finishPolls(2);
            source.execute("DELETE FROM t WHERE k = 1");
            harness.finishPolls(1);
            source.execute("TRUNCATE t", "INSERT INTO t VALUES (2, 'b')");
            harness.finishPolls(1);
            assertThat(harness.rows()).hasSize(2);
            harness.finishPolls(1);
            assertThat(harness.rows()).hasSize(3).endsWith("DELETE 1");
        }
    }

    @Test
    void copiesOfRowsWithoutAKeyNeedTwoReadsEach(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE t (v text, secret text)",
                "INSERT INTO t VALUES ('a'), ('a'), ('a'), ('b')");
        ConnectionSpec reader = reader(source, "GRANT SELECT (v) ON t TO %s");
        try (SourceTestHarness harness =
                new SourceTestHarness(
                        PipelineBuilder.table(reader, "t").exclude("secret").polling().build())) {
            harness.finishPolls(2);
            assertThat(harness.sent()).hasSize(4);
            source.execute("DELETE FROM t WHERE ctid = (SELECT min(ctid) FROM t WHERE v = 'a')");
            harness.finishPolls(1);
            source.execute("DELETE FROM t WHERE ctid = (SELECT min(ctid) FROM t WHERE v = 'a')");
            harness.finishPolls(1);
            // one copy was missing twice, the other once
            assertThat(harness.sent()).hasSize(5);
            source.execute("INSERT INTO t VALUES ('a')");
            harness.finishPolls(2);
            assertThat(harness.sent()).hasSize(5);
        }
    }

    @Test
    void aRestartRestartsTheCount(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE t (k int PRIMARY KEY, v text, secret text)",
                "INSERT INTO t VALUES (1, 'a'), (2, 'b')");
        ConnectionSpec reader = reader(source, "GRANT SELECT (k, v) ON t TO %s");
        try (SourceTestHarness harness =
                new SourceTestHarness(
                        PipelineBuilder.table(reader, "t").exclude("secret").polling().build())) {
            harness.finishPolls(2);
            source.execute("DELETE FROM t WHERE k = 1");
            harness.finishPolls(1);
            harness.takeCheckpoint();
            harness.crash();
            harness.finishPolls(1);
            assertThat(harness.rows()).hasSize(2);
            harness.finishPolls(1);
            assertThat(harness.rows()).hasSize(3);
        }
    }

    @Test
    void tooManyDeletesStopTheMappingAfterTheSecondRead(@FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE t (k int PRIMARY KEY, v text, secret text)",
                "INSERT INTO t SELECT n FROM generate_series(1, 200) n");
        ConnectionSpec reader = reader(source, "GRANT SELECT (k, v) ON t TO %s");
        try (SourceTestHarness harness =
                new SourceTestHarness(
                        PipelineBuilder.table(reader, "t")
                                .exclude("secret")
                                .capture(new Capture.ByDiff(0.5))
                                .polling()
                                .build())) {
            harness.finishPolls(2);
            source.execute("DELETE FROM t WHERE k > 50");
            harness.finishPolls(1);
            assertThat(harness.warnings()).isEmpty();
            harness.finishPolls(1);
            assertThat(harness.warnings()).contains("150 rows fewer", "--accept-deletes test");
            assertThat(harness.rows()).hasSize(200);

            harness.restartAcceptingDeletes();
            harness.finishPolls(1);
            assertThat(harness.rows()).hasSize(200);
            harness.finishPolls(1);
            assertThat(harness.rows()).hasSize(350);
        }
    }

    private static void deletesAfterTwoReads(
            Database source, PipelineBuilder builder, String deleting, String deletion)
            throws Exception {
        try (SourceTestHarness harness = new SourceTestHarness(builder.build())) {
            harness.finishPolls(2);
            List<String> before = harness.rows();
            source.execute(deleting);
            harness.finishPolls(1);
            assertThat(harness.rows()).isEqualTo(before);
            harness.finishPolls(1);
            assertThat(harness.rows()).hasSize(before.size() + 1).endsWith(deletion);
        }
    }

    /** A role with only the given grants. */
    static ConnectionSpec reader(Database source, String... grants) {
        String role = "reader_" + source.name().toLowerCase(java.util.Locale.ROOT);
        source.execute("DROP ROLE IF EXISTS \"%s\"".formatted(role));
        source.execute("CREATE ROLE \"%s\" LOGIN PASSWORD 'reader'".formatted(role));
        for (String grant : grants) {
            source.execute(grant.formatted("\"" + role + "\""));
        }
        ConnectionSpec owner = PipelineBuilder.connection(source);
        return new ConnectionSpec(
                owner.host(),
                owner.port(),
                owner.database(),
                role,
                new Secret("reader"),
                owner.tls(),
                owner.timeout(),
                owner.parameters());
    }
}
