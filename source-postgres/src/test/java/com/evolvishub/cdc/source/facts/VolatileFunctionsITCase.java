package com.evolvishub.cdc.source.facts;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.catalog.Catalog.ColumnFacts;
import com.evolvishub.cdc.planner.explain.VolatileColumns;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.sql.PollQuery;
import com.evolvishub.cdc.source.PipelineBuilder;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class VolatileFunctionsITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @Test
    void warnsAboutAViewWithVolatileOrClockFunctions(@FreshDatabase Database source) {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz)",
                "CREATE VIEW inner_view AS SELECT id, now() - at AS age, random() AS r FROM t",
                "CREATE VIEW w AS SELECT id, age, r, clock_timestamp() AS c FROM inner_view");

        assertThat(warnings(PipelineBuilder.table(source, "w"), "id", "age", "r", "c"))
                .hasSize(1)
                .allMatch(
                        text ->
                                text.startsWith(
                                        "the columns use clock_timestamp(), now(), random()"));
    }

    @Test
    void doesNotWarnAboutAnExcludedColumn(@FreshDatabase Database source) {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY)",
                "CREATE VIEW w AS SELECT id, now() AS n FROM t");

        assertThat(warnings(PipelineBuilder.table(source, "w").exclude("n"), "id", "n")).isEmpty();
    }

    @Test
    void warnsAboutCurrentTimestamp(@FreshDatabase Database source) {
        PollQuery.Text query = new PollQuery.Text("SELECT 1 AS id, current_timestamp AS at");

        assertThat(warnings(PipelineBuilder.query(source, query), "id", "at"))
                .hasSize(1)
                .allMatch(text -> text.contains("current_timestamp"));
    }

    @Test
    void doesNotWarnAboutAConditionOnTheTime(@FreshDatabase Database source) {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz)",
                "CREATE VIEW w AS SELECT id, lower('A') AS a FROM t WHERE at > now() - interval '1 day'");

        assertThat(warnings(PipelineBuilder.table(source, "w"), "id", "a")).isEmpty();
    }

    @Test
    void warnsAboutAWatermarkComputedByNow(@FreshDatabase Database source) {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY)",
                "CREATE VIEW w AS SELECT id, now() AS at FROM t");

        assertThat(
                        warnings(
                                PipelineBuilder.table(source, "w")
                                        .watermark("at", WatermarkType.TIMESTAMP),
                                "id",
                                "at"))
                .hasSize(1)
                .allMatch(text -> text.startsWith("the watermark at is made by now()"));
    }

    private static List<String> warnings(PipelineBuilder builder, String... columns) {
        List<ColumnFacts> facts =
                Stream.of(columns).map(name -> new ColumnFacts(name, "text", true)).toList();
        return VolatileColumns.warnings(builder.scan(), facts, new PostgresCatalog("test"));
    }
}
