package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.planner.catalog.Catalog;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Schedule;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.sql.PollQuery;
import com.evolvishub.cdc.runtime.pipeline.PipelineStatus;
import com.evolvishub.cdc.source.PipelineTestCluster.RunningPipeline;
import com.evolvishub.cdc.source.facts.PostgresCatalog;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PgBouncer;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Reads through a transaction pooler; skipped if PgBouncer is not installed. */
class ConnectionPoolerITCase {

    private static final List<String> ROLE_SETTINGS =
            List.of(
                    "extra_float_digits = 0",
                    "DateStyle = 'German'",
                    "IntervalStyle = 'iso_8601'",
                    "bytea_output = 'escape'",
                    "statement_timeout = '3s'",
                    "lock_timeout = '3s'",
                    "idle_in_transaction_session_timeout = '2s'");

    /**
     * The session settings, as any client of the pooler sees them; our transactions must not change
     * them.
     */
    private static final String SESSION =
            """
            SELECT string_agg(name || '=' || setting, ', ' ORDER BY name) FROM pg_settings
            WHERE name IN ('transaction_read_only', 'default_transaction_read_only', 'DateStyle',
              'IntervalStyle', 'bytea_output', 'lc_monetary', 'quote_all_identifiers',
              'extra_float_digits', 'statement_timeout', 'lock_timeout', 'search_path',
              'idle_in_transaction_session_timeout', 'idle_session_timeout',
              'transaction_timeout')
            """;

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
    @RegisterExtension static final PipelineTestCluster CLUSTER = new PipelineTestCluster();

    @Test
    void everyModeReadsTheSameRowsThroughAPooler(@FreshDatabase Database source) throws Exception {
        String role = role(source);
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz NOT NULL, f float8, d date,"
                        + " i interval, b bytea)",
                "INSERT INTO t SELECT g, now() - interval '1 h', 0.1::float8 + 0.2, '2024-02-01',"
                        + " '1 day 2 hours', '\\x00ff' FROM generate_series(1, 3) g");
        String cells = "0.30000000000000004\t2024-02-01\t1 day 02:00:00\t\\\\x00ff";
        try (PgBouncer pooler = PgBouncer.before(source, 2, role, "reads")) {
            ConnectionSpec pooled = as(role, pooler.of(source), List.of());
            RunningPipeline watermark =
                    run(
                            PipelineBuilder.table(pooled, "t")
                                    .watermark("at", WatermarkType.TIMESTAMP));
            RunningPipeline diff = run(PipelineBuilder.table(pooled, "t").key("id"));
            RunningPipeline query =
                    run(
                            PipelineBuilder.query(
                                            pooled,
                                            new PollQuery.Text("SELECT * FROM t WHERE at > "),
                                            PollQuery.Placeholder.LAST_SYNC)
                                    .key("id")
                                    .capture(new Capture.ByQuery(Duration.ofSeconds(10), "")));
            List<RunningPipeline> pipelines = List.of(watermark, diff, query);
            await().untilAsserted(
                            () ->
                                    assertThat(pipelines)
                                            .allSatisfy(
                                                    running ->
                                                            assertThat(running.rows()).hasSize(3)));

            // the pooler's server processes end: each mapping gets another one
            endServerProcesses(source);
            source.execute(
                    "INSERT INTO t SELECT 4, now(), 0.1::float8 + 0.2, '2024-02-01',"
                            + " '1 day 2 hours', '\\x00ff'");
            await().untilAsserted(
                            () ->
                                    assertThat(pipelines)
                                            .allSatisfy(
                                                    running ->
                                                            assertThat(running.rows()).hasSize(4)));
            assertThat(pipelines)
                    .allSatisfy(
                            running ->
                                    assertThat(running.rows())
                                            .allSatisfy(row -> assertThat(row).endsWith(cells)));
        }
    }

    @Test
    void changesNoSettingsOfOtherClientsOfThePooler(@FreshDatabase Database source)
            throws Exception {
        String role = role(source);
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz NOT NULL)",
                "GRANT INSERT ON t TO " + role,
                "INSERT INTO t VALUES (1, now() - interval '1 h')");
        // one server process, shared by all clients
        try (PgBouncer pooler = PgBouncer.before(source, 1, role, "reads");
                Connection other = connect(role, pooler.of(source))) {
            String before = query(other, SESSION);
            Catalog catalog = new PostgresCatalog("validate");
            EndpointSpec table =
                    new EndpointSpec(
                            "postgresql",
                            as(role, pooler.of(source), List.of()),
                            "",
                            "t",
                            List.of());
            assertThat(catalog.table(table).orElseThrow().kind()).isEqualTo("table");
            RunningPipeline running =
                    run(
                            PipelineBuilder.table(table.connection(), "t")
                                    .watermark("at", WatermarkType.TIMESTAMP));
            await().until(() -> running.rows().size() == 1);

            assertThat(query(other, SESSION)).isEqualTo(before);
            assertThat(query(other, "INSERT INTO t VALUES (2, now()) RETURNING id")).isEqualTo("2");
            await().until(() -> running.rows().size() == 2);
        }
    }

    @Test
    void resolvesNamesInTheSchemasOfTheFile(@FreshDatabase Database source) throws Exception {
        String role = role(source);
        source.execute(
                "CREATE SCHEMA \"Sales, old\"",
                "CREATE TABLE \"Sales, old\".t (id int PRIMARY KEY)",
                "GRANT USAGE ON SCHEMA \"Sales, old\" TO " + role,
                "GRANT SELECT ON \"Sales, old\".t TO " + role,
                "INSERT INTO \"Sales, old\".t VALUES (7)");
        try (PgBouncer pooler = PgBouncer.before(source, 2, role, "reads")) {
            EndpointOption schemas =
                    new EndpointOption("currentSchema", new Secret("public, \"Sales, old\""));
            RunningPipeline running =
                    run(
                            PipelineBuilder.table(
                                            as(role, pooler.of(source), List.of(schemas)), "t")
                                    .key("id"));
            await().untilAsserted(() -> assertThat(running.rows()).containsExactly("INSERT 7"));
        }
    }

    @Test
    void cancellingEndsTheRunningStatementAtTheServer(@FreshDatabase Database source)
            throws Exception {
        String role = role(source);
        source.execute("CREATE VIEW endless AS SELECT 1 AS id FROM pg_sleep(100000)");
        String active =
                "SELECT count(*) FROM pg_stat_activity WHERE usename = '%s' AND state = 'active'"
                        .formatted(role);
        try (PgBouncer pooler = PgBouncer.before(source, 1, role, "reads")) {
            RunningPipeline running =
                    run(
                            PipelineBuilder.table(as(role, pooler.of(source), List.of()), "endless")
                                    .key("id"));
            await().until(() -> source.queryOne(active).equals("1"));
            running.cancel();
            await().until(() -> source.queryOne(active).equals("0"));
        }
    }

    @Test
    void replacesAnIdleSessionThatTheServerEnded(@FreshDatabase Database source) throws Exception {
        ServerVersionAssumptions.skipBefore(
                14, "idle_session_timeout is there from PostgreSQL 14 on", source);
        String role = role(source);
        source.execute(
                "ALTER ROLE " + role + " SET idle_session_timeout = '1s'",
                "CREATE TABLE t (id int PRIMARY KEY)",
                "INSERT INTO t VALUES (1)");
        RunningPipeline running =
                run(
                        PipelineBuilder.table(as(role, source, List.of()), "t")
                                .key("id")
                                .schedule(new Schedule.Every(Duration.ofMillis(1500))));
        await().until(() -> running.rows().size() == 1);
        source.execute("INSERT INTO t VALUES (2)");
        await().until(() -> running.rows().size() == 2);
        PipelineStatus status = running.collected().gate.status();
        await().until(() -> status.polls.get() > 3);
        assertThat(status.errors).hasValue(0);
    }

    private static RunningPipeline run(PipelineBuilder builder) throws Exception {
        return CLUSTER.run(builder.build());
    }

    /** A role with settings that change the text of values and abort long reads. */
    static String role(Database source) {
        String role = "reader_" + source.name();
        source.execute("CREATE ROLE " + role + " LOGIN PASSWORD 'reads'");
        source.execute("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO " + role);
        for (String setting : ROLE_SETTINGS) {
            source.execute("ALTER ROLE " + role + " SET " + setting);
        }
        return role;
    }

    static ConnectionSpec as(String role, Database database, List<EndpointOption> parameters) {
        ConnectionSpec superuser = PipelineBuilder.connection(database);
        return new ConnectionSpec(
                superuser.host(),
                superuser.port(),
                superuser.database(),
                role,
                new Secret("reads"),
                superuser.tls(),
                superuser.timeout(),
                parameters);
    }

    private static Connection connect(String role, Database database) throws SQLException {
        return new Database(
                        database.name(),
                        database.jdbcUrl() + "?prepareThreshold=0",
                        database.host(),
                        database.port(),
                        role,
                        "reads")
                .connect();
    }

    private static String query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                var found = statement.executeQuery(sql)) {
            found.next();
            return found.getString(1);
        }
    }

    private static void endServerProcesses(Database source) {
        source.queryAll(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
    }
}
