package com.evolvishub.cdc.source.facts;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.catalog.DeleteConfirmation;
import com.evolvishub.cdc.planner.catalog.DeleteConfirmation.Kind;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.source.PipelineBuilder;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code explain} and {@code validate} describe deletes as polls handle them. */
class DeleteConfirmationITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @Test
    void locksTablesAndViewsOfTables(@FreshDatabase Database source) {
        source.execute(
                "CREATE TABLE t (k int PRIMARY KEY)",
                "CREATE TABLE p (k int) PARTITION BY RANGE (k)",
                "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (9)",
                "CREATE VIEW inner_view AS SELECT k FROM t UNION ALL SELECT k FROM p",
                "CREATE VIEW w AS SELECT * FROM inner_view WHERE k > 0");

        assertThat(table(source, "t").kind()).isEqualTo(Kind.LOCKED);
        assertThat(table(source, "p").kind()).isEqualTo(Kind.LOCKED);
        assertThat(table(source, "w").kind()).isEqualTo(Kind.LOCKED);
        assertThat(query(source, "SELECT w.k FROM w JOIN p ON w.k = p.k").kind())
                .isEqualTo(Kind.LOCKED);
        assertThat(query(source, "SELECT k FROM w WHERE k > NULL").kind()).isEqualTo(Kind.LOCKED);
    }

    @Test
    void aMaterializedViewNeedsTwoReadsEvenInsideAView(@FreshDatabase Database source) {
        source.execute(
                "CREATE TABLE t (k int)",
                "CREATE MATERIALIZED VIEW m AS SELECT * FROM t",
                "CREATE VIEW w AS SELECT * FROM m");
        DeleteConfirmation expected =
                new DeleteConfirmation(
                        Kind.TWO_READS, "the materialized view public.m cannot be locked");

        assertThat(table(source, "m")).isEqualTo(expected);
        assertThat(table(source, "w")).isEqualTo(expected);
        assertThat(query(source, "SELECT k FROM w")).isEqualTo(expected);
    }

    @Test
    void aGrantOnSomeColumnsNeedsTwoReads(@FreshDatabase Database source) {
        source.execute("CREATE TABLE t (k int, secret text)");
        String role = "few_" + source.name().toLowerCase(Locale.ROOT);
        source.execute(
                "DROP ROLE IF EXISTS \"%s\"".formatted(role),
                "CREATE ROLE \"%s\" LOGIN PASSWORD 'few'".formatted(role),
                "GRANT SELECT (k) ON t TO \"%s\"".formatted(role));
        ConnectionSpec owner = PipelineBuilder.connection(source);
        ConnectionSpec restricted =
                new ConnectionSpec(
                        owner.host(),
                        owner.port(),
                        owner.database(),
                        role,
                        new Secret("few"),
                        owner.tls(),
                        owner.timeout(),
                        owner.parameters());

        assertThat(confirmation(restricted, "t", Optional.empty(), "SELECT k FROM t"))
                .isEqualTo(
                        new DeleteConfirmation(
                                Kind.TWO_READS,
                                "public.t could not be locked before the read, which takes SELECT on"
                                        + " all of it"));
    }

    @Test
    void functionsAndForeignTablesAreBestEffort(@FreshDatabase Database source) {
        source.execute(
                "CREATE TABLE t (k int)",
                "CREATE FUNCTION f() RETURNS SETOF t LANGUAGE plpgsql AS"
                        + " 'BEGIN RETURN QUERY SELECT * FROM t; END'",
                "CREATE VIEW w AS SELECT * FROM f()",
                "CREATE FOREIGN DATA WRAPPER nothing",
                "CREATE SERVER far FOREIGN DATA WRAPPER nothing",
                "CREATE FOREIGN TABLE far_t (k int) SERVER far",
                "CREATE MATERIALIZED VIEW m AS SELECT * FROM t",
                "CREATE VIEW all_of_it AS SELECT k FROM m UNION ALL SELECT k FROM w");

        assertThat(table(source, "w"))
                .isEqualTo(
                        new DeleteConfirmation(
                                Kind.BEST_EFFORT, "what the function public.f reads is not known"));
        assertThat(query(source, "SELECT * FROM f()").kind()).isEqualTo(Kind.BEST_EFFORT);
        // the weaker guarantee is reported
        assertThat(table(source, "all_of_it").reason()).contains("function");
    }

    @Test
    void aTableLockedByAnotherSessionIsUnknown(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE t (k int)");
        try (Connection holder = source.connect();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("LOCK TABLE t");

            DeleteConfirmation found = table(source, "t");
            assertThat(found.kind()).isEqualTo(Kind.UNKNOWN);
            assertThat(found.reason()).contains("could not obtain lock");
        }
    }

    private static DeleteConfirmation table(Database source, String name) {
        return confirmation(
                PipelineBuilder.connection(source),
                name,
                Optional.empty(),
                "SELECT k FROM " + name);
    }

    private static DeleteConfirmation query(Database source, String sql) {
        return confirmation(PipelineBuilder.connection(source), "", Optional.of(sql), sql);
    }

    private static DeleteConfirmation confirmation(
            ConnectionSpec source, String table, Optional<String> query, String select) {
        EndpointSpec endpoint = new EndpointSpec("postgresql", source, "", table, List.of());
        return new PostgresCatalog("test")
                .deleteConfirmation(endpoint, query, select)
                .orElseThrow();
    }
}
