package com.evolvishub.cdc.source.facts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.planner.catalog.Catalog.RelationFacts;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import com.evolvishub.cdc.source.PipelineBuilder;
import com.evolvishub.cdc.source.session.CopyReader;
import com.evolvishub.cdc.source.session.SourceException;
import com.evolvishub.cdc.source.session.SourceSession;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresCatalogITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private final PostgresCatalog catalog = new PostgresCatalog("test");

    @Test
    void describesColumnsTypesAndKeyOfATable(@FreshDatabase Database source) {
        source.execute(
                "CREATE SCHEMA app",
                "CREATE TYPE app.mood AS ENUM ('good', 'bad')",
                "CREATE TABLE app.people (tenant int, name varchar(20) NOT NULL, mood app.mood,"
                        + " paid numeric(10,2), at timestamp(3), tags text[], gone int,"
                        + " PRIMARY KEY (name, tenant))",
                "ALTER TABLE app.people DROP COLUMN gone",
                "INSERT INTO app.people SELECT n, n FROM generate_series(1, 1000) n",
                "ANALYZE app.people");
        RelationFacts facts = catalog.table(endpoint(source, "app", "people")).orElseThrow();

        assertThat(facts.kind()).isEqualTo("table");
        assertThat(facts.columns())
                .extracting(column -> column.name() + " " + column.type() + " " + column.nullable())
                .containsExactly(
                        "tenant integer false",
                        "name character varying(20) false",
                        "mood app.mood true",
                        "paid numeric(10,2) true",
                        "at timestamp(3) without time zone true",
                        "tags text[] true");
        assertThat(facts.primaryKey()).containsExactly("name", "tenant");
        assertThat(facts.estimatedRows()).isEqualTo(1000);
    }

    @Test
    void distinguishesTheKindsOfRelations(@FreshDatabase Database source) {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY)",
                "CREATE VIEW v AS SELECT * FROM t",
                "CREATE MATERIALIZED VIEW m AS SELECT * FROM t",
                "CREATE TABLE p (id int PRIMARY KEY) PARTITION BY RANGE (id)",
                "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10)",
                "CREATE SEQUENCE s");

        assertThat(kind(source, "t")).isEqualTo("table");
        assertThat(kind(source, "v")).isEqualTo("view");
        assertThat(kind(source, "m")).isEqualTo("materialized view");
        assertThat(kind(source, "p")).isEqualTo("partitioned table");
        assertThat(kind(source, "p1")).isEqualTo("table");
        assertThat(catalog.table(endpoint(source, "", "v")).orElseThrow().columns().get(0))
                .matches(column -> column.nullable(), "a view may show NULL anywhere");
        assertThatThrownBy(() -> kind(source, "s"))
                .isInstanceOf(SourceException.class)
                .hasMessage(
                        "\"public\".\"s\" is no table or view: an index or a sequence has no rows");
    }

    @Test
    void describesAQueryWithoutRunningIt(@FreshDatabase Database source) {
        source.execute(
                "CREATE SCHEMA app",
                "CREATE TYPE app.mood AS ENUM ('good', 'bad')",
                "CREATE TABLE t (id int PRIMARY KEY, name varchar(7), paid numeric(10,2), mood app.mood)");
        RelationFacts facts =
                catalog.query(
                                endpoint(source, "", "t"),
                                "SELECT id, name, paid, mood, paid * 2 AS twice, now() AS \"Now\","
                                        + " '{}'::jsonb ? 'a' AS has, 1/0 AS never, NULL AS nothing"
                                        + " FROM t ORDER BY id -- all of them")
                        .orElseThrow();

        assertThat(facts.kind()).isEqualTo("query");
        assertThat(facts.columns())
                .extracting(column -> column.name() + " " + column.type())
                .containsExactly(
                        "id integer",
                        "name character varying(7)",
                        "paid numeric(10,2)",
                        "mood app.mood",
                        "twice numeric",
                        "Now timestamp with time zone",
                        "has boolean",
                        "never integer",
                        "nothing text");
        assertThat(facts.primaryKey()).isEmpty();
    }

    @Test
    void reportsTheTypesOfGeneratedNumbers(@FreshDatabase Database source) {
        source.execute(
                "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at date,"
                        + " small smallserial, usual serial, big bigserial, flag bool)");
        RelationFacts facts =
                catalog.query(endpoint(source, "", "t"), "SELECT * FROM t").orElseThrow();

        assertThat(facts.columns())
                .extracting(column -> column.name() + " " + column.type())
                .containsExactly(
                        "id bigint",
                        "at date",
                        "small smallint",
                        "usual integer",
                        "big bigint",
                        "flag boolean");
    }

    @Test
    void rejectsStatementsThatAreNotQueries(@FreshDatabase Database source) {
        source.execute("CREATE TABLE t (id int)", "INSERT INTO t VALUES (1)");
        EndpointSpec endpoint = endpoint(source, "", "t");

        for (String statement :
                List.of(
                        "DELETE FROM t",
                        "WITH gone AS (DELETE FROM t RETURNING id) SELECT * FROM gone",
                        "SELECT 1) q; DELETE FROM t; SELECT * FROM (SELECT 1")) {
            assertThatThrownBy(() -> catalog.query(endpoint, statement))
                    .isInstanceOf(SourceException.class)
                    .matches(failure -> !((SourceException) failure).isTransient());
        }
        assertThatThrownBy(() -> catalog.query(endpoint, "SELECT id FROM t WHERE id > $1"))
                .isInstanceOf(SourceException.class);
        assertThatThrownBy(() -> catalog.query(endpoint, "SELECT id, id FROM t"))
                .hasMessage(
                        "the query returns two columns called \"id\"; name one of them with AS");
        assertThat(source.queryOne("SELECT count(*) FROM t")).isEqualTo("1");
    }

    @Test
    void anUnreachableServerIsATransientError() {
        ConnectionSpec unreachable =
                new ConnectionSpec(
                        "127.0.0.1",
                        1,
                        "shop",
                        "ada",
                        new Secret("sesame"),
                        TlsSpec.UNSET,
                        Duration.ofSeconds(2),
                        List.of());

        assertThatThrownBy(
                        () ->
                                catalog.table(
                                        new EndpointSpec(
                                                "postgresql", unreachable, "", "t", List.of())))
                .isInstanceOf(SourceException.class)
                .matches(failure -> ((SourceException) failure).isTransient())
                .hasMessageContaining("127.0.0.1:1");
    }

    @Test
    void eachTransactionIsReadOnlyAndItsSettingsArePinned(@FreshDatabase Database source)
            throws Exception {
        source.execute(
                "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET DateStyle TO ''SQL, DMY''',"
                        + " current_database()); EXECUTE format('ALTER DATABASE %I SET TimeZone TO"
                        + " ''Asia/Tokyo''', current_database()); EXECUTE format('ALTER DATABASE %I"
                        + " SET statement_timeout TO ''1s''', current_database()); END $$");
        try (SourceSession session =
                SourceSession.open(PipelineBuilder.connection(source), "test")) {
            assertThat(session.roleZone()).isEqualTo("Asia/Tokyo");
            session.beginSnapshot();
            CopyReader read =
                    CopyReader.start(
                            session,
                            "SELECT '2024-01-02 03:04:05+00'::timestamptz,"
                                    + " current_setting('statement_timeout'),"
                                    + " current_setting('application_name')");
            assertThat(new String(read.next().orElseThrow(), UTF_8))
                    // the role's own time zone, so that views return the dates that the role sees
                    .isEqualTo("2024-01-02 12:04:05+09\t0\tevolvishub-cdc-read test");
            assertThat(read.next()).isEmpty();
            assertThatThrownBy(() -> session.execute("CREATE TABLE t (id int)"))
                    .hasMessageContaining("read-only");
            session.endSnapshot();
            assertThatThrownBy(() -> session.execute("SELECT 1"))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(session.askForText("SHOW transaction_read_only")).hasValue("on");
            assertThat(session.askForText("SHOW statement_timeout")).hasValue("0");
        }
    }

    private String kind(Database source, String name) {
        return catalog.table(endpoint(source, "", name)).orElseThrow().kind();
    }

    private static EndpointSpec endpoint(Database source, String schema, String table) {
        return new EndpointSpec(
                "postgresql", PipelineBuilder.connection(source), schema, table, List.of());
    }
}
