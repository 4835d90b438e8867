package com.evolvishub.cdc.source.facts;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.catalog.Catalog.ColumnOrder;
import com.evolvishub.cdc.planner.catalog.Catalog.ColumnOrder.Order;
import com.evolvishub.cdc.planner.catalog.Catalog.PollBounds;
import com.evolvishub.cdc.planner.catalog.Catalog.PollCost;
import com.evolvishub.cdc.planner.catalog.Catalog.PollCost.Kind;
import com.evolvishub.cdc.planner.catalog.Catalog.PollFacts;
import com.evolvishub.cdc.planner.catalog.Catalog.PollFactsRequest;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.sql.Relation;
import com.evolvishub.cdc.planner.sql.ScanRange;
import com.evolvishub.cdc.planner.sql.ScanSql;
import com.evolvishub.cdc.planner.sql.SqlLiteral;
import com.evolvishub.cdc.source.PipelineBuilder;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PollFactsITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final String TIMESTAMPTZ = "timestamp with time zone";

    private final PostgresCatalog catalog = new PostgresCatalog("test");

    @Test
    void distinguishesAnIndexProbeFromAScan(@FreshDatabase Database source) {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz, day date, n bigint, note text,"
                        + " u uuid, moved timestamp(0))",
                "CREATE INDEX t_at ON t (at)",
                "CREATE INDEX t_day ON t (day DESC)",
                "CREATE INDEX t_note ON t (note)",
                "CREATE INDEX t_u ON t (u)");

        assertThat(cost(source, "t", "at", TIMESTAMPTZ)).isEqualTo(probe("t_at"));
        assertThat(cost(source, "t", "day", "date")).isEqualTo(probe("t_day"));
        assertThat(cost(source, "t", "note", "text")).isEqualTo(probe("t_note"));
        assertThat(cost(source, "t", "u", "uuid")).isEqualTo(probe("t_u"));
        assertThat(cost(source, "t", "id", "integer")).isEqualTo(probe("t_pkey"));
        assertThat(cost(source, "t", "n", "bigint")).isEqualTo(scan("no index on t finds n"));
        assertThat(cost(source, "t", "moved", "timestamp(0) without time zone"))
                .isEqualTo(scan("no index on t finds moved"));
    }

    @Test
    void reportsWhyTheServerCannotUseAnIndex(@FreshDatabase Database source) {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, tenant int, at timestamptz)",
                "CREATE TABLE o (id int PRIMARY KEY, at timestamptz)",
                "CREATE INDEX t_tenant ON t (tenant, at)",
                "CREATE INDEX o_at ON o (at)",
                "CREATE VIEW grouped AS SELECT id, max(at) AS at FROM o GROUP BY id",
                "CREATE VIEW limited AS SELECT * FROM o ORDER BY id LIMIT 10",
                "CREATE VIEW joined AS SELECT t.id, greatest(t.at, o.at) AS at FROM t JOIN o USING (id)",
                "CREATE VIEW united AS SELECT id, at FROM o UNION ALL SELECT id, at FROM t",
                "CREATE VIEW one_tenant AS SELECT * FROM t WHERE tenant = 5",
                "CREATE VIEW plain AS SELECT o.at, t.tenant FROM o JOIN t USING (id)");

        assertThat(cost(source, "t", "at", TIMESTAMPTZ).kind()).isEqualTo(Kind.SCAN);
        assertThat(cost(source, "grouped", "at", TIMESTAMPTZ))
                .isEqualTo(scan("max(o.at) is known only once all rows are grouped"));
        assertThat(cost(source, "limited", "at", TIMESTAMPTZ))
                .isEqualTo(
                        scan(
                                "the server cannot push the condition on limited.at into limited (Limit), and what its LIMIT cuts off before the condition is applied is never sent"));
        assertThat(cost(source, "joined", "at", TIMESTAMPTZ))
                .isEqualTo(scan("GREATEST(t.at, o.at) is made of columns of several tables"));
        assertThat(cost(source, "united", "at", TIMESTAMPTZ).kind()).isEqualTo(Kind.SCAN);
        assertThat(cost(source, "one_tenant", "at", TIMESTAMPTZ)).isEqualTo(probe("t_tenant"));
        assertThat(cost(source, "plain", "at", TIMESTAMPTZ)).isEqualTo(probe("o_at"));
    }

    @Test
    void usesAnIndexWithTheChosenCollation(@FreshDatabase Database source) {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, note text COLLATE \"en-x-icu\")",
                "CREATE INDEX t_note ON t (note)");
        assertThat(costInByteOrder(source).kind()).isEqualTo(Kind.SCAN);

        source.execute("CREATE INDEX t_bytes ON t (note COLLATE \"C\")");
        assertThat(costInByteOrder(source)).isEqualTo(probe("t_bytes"));
    }

    private PollCost costInByteOrder(Database source) {
        ScanSql sql = new ScanSql(new Relation.Table("", "t"), List.of("note"), List.of());
        return catalog.pollFacts(request(source, "t", "note", "text", sql.withByteOrder()))
                .flatMap(PollFacts::cost)
                .orElseThrow();
    }

    @Test
    void reportsTheCollationOfAWatermark(@FreshDatabase Database source) {
        source.execute(
                "CREATE EXTENSION citext",
                "CREATE COLLATION same (provider = icu, locale = 'und-u-ks-level2',"
                        + " deterministic = false)",
                "CREATE DOMAIN token AS text COLLATE \"en-x-icu\" CHECK (value <> '')",
                "CREATE TABLE t (own text, bytes varchar(9) COLLATE \"C\", icu text COLLATE"
                        + " \"en-x-icu\", same text COLLATE same, d token, u uuid, n int, c citext)",
                "CREATE VIEW v AS SELECT icu, own, bytes || 'x' AS more FROM t");

        assertThat(order(source, "t", "bytes", "character varying(9)").kind())
                .isEqualTo(Order.BYTES);
        assertThat(order(source, "t", "icu", "text"))
                .isEqualTo(new ColumnOrder(Order.LANGUAGE, "\"en-x-icu\", en"));
        assertThat(order(source, "t", "same", "text").kind()).isEqualTo(Order.NONDETERMINISTIC);
        assertThat(order(source, "t", "d", "token").kind()).isEqualTo(Order.LANGUAGE);
        assertThat(order(source, "v", "icu", "text").kind()).isEqualTo(Order.LANGUAGE);
        assertThat(order(source, "v", "more", "text").kind()).isEqualTo(Order.BYTES);
        assertThat(order(source, "t", "u", "uuid").kind()).isEqualTo(Order.NO_TEXT);
        assertThat(order(source, "t", "n", "integer").kind()).isEqualTo(Order.NO_TEXT);
        assertThat(order(source, "t", "c", "citext").kind()).isEqualTo(Order.OTHER_TEXT);
        boolean bytes =
                source.queryOne(
                                "SELECT datcollate FROM pg_database WHERE datname = current_database()")
                        .matches("C|POSIX|C\\.UTF-?8");
        assertThat(order(source, "t", "own", "text").kind())
                .isEqualTo(bytes ? Order.BYTES : Order.LANGUAGE);
        assertThat(order(source, "t", "own", "text").description()).startsWith("of the database");
    }

    private ColumnOrder order(Database source, String table, String watermark, String type) {
        return facts(source, table, watermark, type).order().orElseThrow();
    }

    @Test
    void estimatesASmallTableAsIfItWereLarge(@FreshDatabase Database source) {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)", "ANALYZE t");

        assertThat(cost(source, "t", "id", "integer")).isEqualTo(probe("t_pkey"));
    }

    @Test
    void reportsAnUnknownCostForAnUnsupportedTypeOrAMissingTable(@FreshDatabase Database source) {
        source.execute("CREATE TABLE t (id int PRIMARY KEY, spot point)");

        assertThat(cost(source, "t", "spot", "point"))
                .isEqualTo(new PollCost(Kind.UNKNOWN, "nothing is known of point"));
        assertThat(cost(source, "t", "gone", "integer").kind()).isEqualTo(Kind.UNKNOWN);
    }

    @Test
    void reportsTheTimeZoneAndTheSequenceCache(@FreshDatabase Database source) {
        source.execute(
                "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET TimeZone TO ''Asia/Tokyo''',"
                        + " current_database()); END $$",
                "CREATE TABLE plain (id serial PRIMARY KEY)",
                "CREATE TABLE own (id bigint GENERATED ALWAYS AS IDENTITY (CACHE 20) PRIMARY KEY)",
                "CREATE SEQUENCE shared CACHE 50",
                "CREATE TABLE lent (id bigint DEFAULT nextval('shared') PRIMARY KEY)");

        PollFacts facts = facts(source, "plain", "id", "integer");
        assertThat(facts.zone()).isEqualTo("Asia/Tokyo");
        assertThat(facts.zoneOrigin()).isEqualTo("the database's setting");
        assertThat(facts.standby()).isFalse();
        assertThat(facts.sequenceCache()).isEqualTo(1);
        assertThat(facts(source, "own", "id", "bigint").sequenceCache()).isEqualTo(20);
        assertThat(facts(source, "lent", "id", "bigint").sequenceCache()).isEqualTo(50);
    }

    @Test
    void returnsNothingForAMissingDestination(@FreshDatabase Database source) {
        source.execute("CREATE TABLE t (id int PRIMARY KEY)");

        assertThat(catalog.destination(endpoint(source, "t")).orElseThrow().primaryKey())
                .containsExactly("id");
        assertThat(catalog.destination(endpoint(source, "gone"))).isEmpty();
    }

    @Test
    void reportsNoCostWithoutAWatermark(@FreshDatabase Database source) {
        PollFacts facts =
                catalog.pollFacts(new PollFactsRequest(endpoint(source, ""), "", "", bounds -> ""))
                        .orElseThrow();

        assertThat(facts.cost()).isEmpty();
        assertThat(facts.sequenceCache()).isEqualTo(1);
    }

    private static PollCost probe(String index) {
        return new PollCost(Kind.PROBE, index);
    }

    private static PollCost scan(String reason) {
        return new PollCost(Kind.SCAN, reason);
    }

    private PollCost cost(Database source, String table, String watermark, String type) {
        return facts(source, table, watermark, type).cost().orElseThrow();
    }

    private PollFacts facts(Database source, String table, String watermark, String type) {
        ScanSql sql = new ScanSql(new Relation.Table("", table), List.of(watermark), List.of());
        return catalog.pollFacts(request(source, table, watermark, type, sql)).orElseThrow();
    }

    private static PollFactsRequest request(
            Database source, String table, String watermark, String type, ScanSql sql) {
        return new PollFactsRequest(
                endpoint(source, table),
                watermark,
                type,
                bounds -> sql.range(watermark, range(bounds), placeholder -> ""));
    }

    private static ScanRange range(PollBounds bounds) {
        return ScanRange.of(
                SqlLiteral.quote(bounds.lower()),
                bounds.upTo().isEmpty() ? "" : SqlLiteral.quote(bounds.upTo()));
    }

    private static EndpointSpec endpoint(Database source, String table) {
        return new EndpointSpec(
                "postgresql", PipelineBuilder.connection(source), "", table, List.of());
    }
}
