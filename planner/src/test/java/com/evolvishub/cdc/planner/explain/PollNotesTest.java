package com.evolvishub.cdc.planner.explain;

import static com.evolvishub.cdc.planner.MappingBuilder.file;
import static com.evolvishub.cdc.planner.MappingBuilder.mapping;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.AllDestinationTypes;
import com.evolvishub.cdc.planner.FakeCatalog;
import com.evolvishub.cdc.planner.MappingBuilder;
import com.evolvishub.cdc.planner.Planner;
import com.evolvishub.cdc.planner.RunOverrides;
import com.evolvishub.cdc.planner.catalog.Catalog.PollBounds;
import com.evolvishub.cdc.planner.catalog.Catalog.PollCost;
import com.evolvishub.cdc.planner.catalog.Catalog.PollCost.Kind;
import com.evolvishub.cdc.planner.catalog.Catalog.PollFacts;
import com.evolvishub.cdc.planner.catalog.UnderlyingRelation;
import com.evolvishub.cdc.planner.physical.PlanningResult;
import com.evolvishub.cdc.planner.problem.Problem;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PollNotesTest {

    private static final PollCost SCAN = new PollCost(Kind.SCAN, "no index on t finds at");

    private final FakeCatalog tables =
            new FakeCatalog().with("t", "id*", "at", "secret").with("query", "id", "at");

    @Test
    void warnsOfPollsThatReadEverything() {
        tables.withPollFacts(facts(false, false, SCAN, 1));

        assertThat(explain(byTime()))
                .contains(
                        "empty poll: warning: reads all of t: no index on t finds at\n",
                        "(the role has not\n",
                        "reads the last 10 s of at again (lookback_seconds)\n");
        assertThat(warnings(byTime(), facts(false, false, SCAN, 1)))
                .containsExactly(
                        "a poll that finds nothing reads all of t: no index on t finds at");
    }

    @Test
    void namesTheProbedIndex() {
        PollFacts facts = facts(false, true, new PollCost(Kind.PROBE, "t_at"), 1);
        tables.withPollFacts(facts);

        assertThat(explain(byTime()))
                .contains(
                        "empty poll: one index probe (t_at)\n",
                        "at the first look: this role sees when others began");
        assertThat(warnings(byTime(), facts)).isEmpty();
    }

    @Test
    void warnsThatAStandbyShowsTransactionsLate() {
        PollFacts facts = facts(true, true, new PollCost(Kind.UNKNOWN, "the lock"), 1);
        tables.withPollFacts(facts);

        assertThat(explain(byTime()))
                .contains(
                        "empty poll: could not be found out: the lock\n",
                        "warning: a standby shows a transaction of its primary from its first change on",
                        "(a standby");
        assertThat(warnings(byTime(), facts)).hasSize(1);
    }

    @Test
    void namesTheRelationsWithRemoteCommits() {
        PollFacts facts =
                reading(
                        new UnderlyingRelation(
                                UnderlyingRelation.Kind.FOREIGN_TABLE, "\"far\".\"f\""),
                        new UnderlyingRelation(UnderlyingRelation.Kind.TABLE, "\"public\".\"t\""));
        tables.withPollFacts(facts);

        assertThat(explain(byTime()))
                .contains("reads the last 3600 s of at again (settle_seconds)\n");
        assertThat(warnings(byTime(), facts))
                .contains(
                        "foreign table \"far\".\"f\": commits are made elsewhere, and those transactions cannot be seen here. A row is found if it becomes visible within 3600 s of its at (settle_seconds), so that must be longer than the longest transaction there");
        assertThat(warnings(mapping("m", "t").to("x"), facts))
                .noneMatch(warning -> warning.contains("elsewhere"));
    }

    @Test
    void namesMaterializedViewsAndFunctions() {
        PollFacts facts =
                reading(
                        new UnderlyingRelation(
                                UnderlyingRelation.Kind.MATERIALIZED_VIEW, "\"public\".\"m\""),
                        new UnderlyingRelation(
                                UnderlyingRelation.Kind.FUNCTION, "\"public\".\"f\""));

        assertThat(warnings(byTime(), facts))
                .contains(
                        "materialized view \"public\".\"m\": a refresh may show any row, so all rows are compared once after each refresh, and are all remembered",
                        "function \"public\".\"f\": what it reads is not known; it counts as tables of this server");
    }

    private static PollFacts reading(UnderlyingRelation... relations) {
        PollCost probe = new PollCost(PollCost.Kind.PROBE, "t_at");
        return new PollFacts(false, true, "UTC", "x", Optional.of(probe), 1, List.of(relations));
    }

    @Test
    void warnsIfASequenceCacheExceedsTheLookback() {
        MappingBuilder byNumber = mapping("m", "t").to("x").watermark("id", WatermarkType.INTEGER);

        assertThat(warnings(byNumber, facts(false, false, SCAN, 1000))).hasSize(1);
        assertThat(warnings(byNumber, facts(false, false, SCAN, 1001)).get(1))
                .startsWith("a session takes 1001 values at once");
    }

    @Test
    void requestsThePollStatementWithoutExcludedColumns() {
        tables.withPollFacts(facts(false, false, SCAN, 1));
        explain(byTime().excluding("secret"));

        assertThat(statement("2024-01-01", "2024-01-02", "timestamp"))
                .isEqualTo(
                        "SELECT \"id\", \"at\" FROM \"t\" WHERE \"at\" > '2024-01-01'"
                                + " AND \"at\" <= '2024-01-02' ORDER BY \"at\", \"id\"");
    }

    @Test
    void fillsThePlaceholdersOfAQuery() {
        tables.withPollFacts(facts(false, false, SCAN, 1));
        explain(
                mapping("m", "t")
                        .to("x")
                        .watermark("at", WatermarkType.TIMESTAMP)
                        .query("SELECT id, at FROM t WHERE at > :last_sync LIMIT :batch_size"));

        assertThat(statement("2024-01-01", "", "timestamptz"))
                .contains("at > '2024-01-01'::timestamptz LIMIT 9223372036854775807");
    }

    @Test
    void requestsNothingForAMappingThatComparesEverything() {
        tables.withPollFacts(facts(true, false, SCAN, 1));

        assertThat(explain(mapping("m", "t").to("x")))
                .doesNotContain("empty poll", "late rows", "replica");
    }

    private String statement(String lower, String upTo, String type) {
        return tables.lastPollFactsRequest().statement().apply(new PollBounds(lower, upTo, type));
    }

    private static MappingBuilder byTime() {
        return mapping("m", "t").to("x").watermark("at", WatermarkType.TIMESTAMP);
    }

    private static PollFacts facts(
            boolean standby, boolean seesOtherTransactions, PollCost cost, long cache) {
        return new PollFacts(
                standby,
                seesOtherTransactions,
                "Asia/Tokyo",
                "the role's setting",
                Optional.of(cost),
                cache);
    }

    private String explain(MappingBuilder mapping) {
        return new PlanExplainer(AllDestinationTypes.ALL).text(plans(mapping));
    }

    private List<String> warnings(MappingBuilder mapping, PollFacts facts) {
        return PollNotes.warnings(plans(mapping).physical().pipelines().get(0).scan(), facts);
    }

    private PlanningResult plans(MappingBuilder mapping) {
        return new Planner(AllDestinationTypes.ALL)
                .plan(
                        file("f", mapping),
                        (path, message) -> new Problem(path, 0, 0, message),
                        RunOverrides.NONE,
                        tables);
    }
}
