package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.sql.PollQuery;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Relations whose rows are committed on another server, so that their transactions are not visible.
 */
class RemoteCommitsITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private Database remote;
    private Database source;

    @BeforeEach
    void createTables(
            @FreshDatabase Database remoteDatabase, @FreshDatabase Database localDatabase) {
        remote = remoteDatabase;
        source = localDatabase;
        remote.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz)",
                "INSERT INTO t VALUES (1, now())");
        linkForeignTable(source, remote);
    }

    static void linkForeignTable(Database source, Database remote) {
        source.execute(
                "CREATE EXTENSION postgres_fdw",
                "CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '%s', port '%d', dbname '%s')"
                        .formatted(remote.host(), remote.port(), remote.name()),
                "CREATE USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (user '%s', password '%s')"
                        .formatted(remote.user(), remote.password()),
                "CREATE FOREIGN TABLE f (id int, at timestamptz) SERVER far OPTIONS (table_name 't')",
                "CREATE VIEW v AS SELECT * FROM f");
    }

    @Test
    void readsAForeignTableOneHourBack() throws Exception {
        assertFindsTheRowOfALongRemoteTransaction(
                PipelineBuilder.table(source, "v").watermark("at", NullWatermarkPolicy.IGNORE));
    }

    @Test
    void readsAQueryOverAForeignTableOneHourBackByDefault() throws Exception {
        assertFindsTheRowOfALongRemoteTransaction(
                PipelineBuilder.query(
                                source,
                                new PollQuery.Text("SELECT id, at FROM f WHERE at > "),
                                PollQuery.Placeholder.LAST_SYNC)
                        .capture(new Capture.ByQuery(Duration.ofSeconds(10), "")));
    }

    @Test
    void readsAnyRelationAsFarBackAsTheFileSays() throws Exception {
        source.execute(
                "CREATE TABLE filled (id int, at timestamptz)",
                "INSERT INTO filled VALUES (1, now())");
        Pipeline pipeline = Pipeline.over(source, "filled", Duration.ofHours(2));
        try (SourceTestHarness harness = pipeline.harness()) {
            harness.finishPolls(3);
            source.execute("INSERT INTO filled VALUES (2, now() - interval '90 min')");
            harness.finishPolls(2);
            assertThat(harness.cells(0)).containsExactly("1", "2");
        }
    }

    @Test
    void readsATableOfASubscriptionOneHourBack() throws Exception {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz)",
                "INSERT INTO t VALUES (1, now())",
                "CREATE SUBSCRIPTION \"s_%s\" CONNECTION 'host=%s port=%d dbname=%s user=%s password=%s' PUBLICATION p WITH (connect = false, slot_name = NONE)"
                        .formatted(
                                source.name(),
                                remote.host(),
                                remote.port(),
                                remote.name(),
                                remote.user(),
                                remote.password()),
                // what CREATE SUBSCRIPTION with a connection records for each table
                "SET allow_system_table_mods TO on",
                "INSERT INTO pg_subscription_rel SELECT oid, 't'::regclass, 'r' FROM pg_subscription"
                        + " WHERE subname = 's_"
                        + source.name()
                        + "'");
        try (SourceTestHarness harness =
                new SourceTestHarness(
                        PipelineBuilder.table(source, "t")
                                .watermark("at", NullWatermarkPolicy.IGNORE)
                                .polling()
                                .build())) {
            harness.finishPolls(3);
            source.execute("INSERT INTO t VALUES (2, now() - interval '50 min')");
            harness.finishPolls(2);
            assertThat(harness.cells(0)).containsExactly("1", "2");
        }
        source.execute("DROP SUBSCRIPTION \"s_" + source.name() + "\"");
    }

    private void assertFindsTheRowOfALongRemoteTransaction(PipelineBuilder builder)
            throws Exception {
        try (SourceTestHarness harness =
                        new SourceTestHarness(builder.key("id").polling().build());
                Connection writer = remote.connect();
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            harness.finishPolls(2);
            statement.execute("INSERT INTO t VALUES (2, now() - interval '40 s')");
            remote.execute("INSERT INTO t VALUES (3, now())");
            harness.finishPolls(3);
            writer.commit();
            harness.finishPolls(2);
            assertThat(harness.cells(0)).containsExactly("1", "3", "2");
        }
    }

    /** A mapping with {@code settle_seconds}. */
    private record Pipeline(com.evolvishub.cdc.planner.physical.Pipeline pipeline) {

        static Pipeline over(Database source, String table, Duration settle) {
            return new Pipeline(
                    PipelineBuilder.table(source, table)
                            .capture(
                                    new Capture.ByWatermark(
                                            "at",
                                            WatermarkType.TIMESTAMP,
                                            "",
                                            "UTC",
                                            Duration.ofSeconds(10),
                                            1000,
                                            Duration.ZERO,
                                            NullWatermarkPolicy.IGNORE,
                                            settle))
                            .polling()
                            .build());
        }

        SourceTestHarness harness() throws Exception {
            return new SourceTestHarness(pipeline);
        }
    }
}
