package com.evolvishub.cdc.planner;

import static com.evolvishub.cdc.planner.MappingBuilder.endpoint;
import static com.evolvishub.cdc.planner.MappingBuilder.file;
import static com.evolvishub.cdc.planner.MappingBuilder.mapping;
import static com.evolvishub.cdc.planner.MappingBuilder.postgres;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.planner.catalog.Catalog;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.PhysicalPlan;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.PlanningResult;
import com.evolvishub.cdc.planner.physical.Schedule;
import com.evolvishub.cdc.planner.problem.PlanException;
import com.evolvishub.cdc.planner.problem.Problem;
import com.evolvishub.cdc.planner.spec.CaptureMode;
import com.evolvishub.cdc.planner.spec.ConfigFileSpec;
import com.evolvishub.cdc.planner.spec.SyncSpec;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class PlannerTest {

    private static final String IMPOSSIBLE =
            "holds a name with a NUL, which no name in PostgreSQL has";
    private static final String SINCE = "SELECT * FROM t WHERE a > :last_sync";

    @Test
    void rejectsALimitWhoseRestNoLaterPollReads() {
        String limited = SINCE + " LIMIT 100";

        assertThat(
                        problems(
                                file(
                                        "f",
                                        mapping("w", "t")
                                                .to("a")
                                                .watermark("wm", WatermarkType.INTEGER)
                                                .query(limited),
                                        mapping("q", "t").to("b").query(limited),
                                        mapping("d", "t").to("c").query("SELECT * FROM t LIMIT 9"),
                                        mapping("p", "t")
                                                .to("d")
                                                .query(SINCE + " LIMIT :batch_size"))))
                .containsExactly(
                        "mappings[0].custom_query: LIMIT 100 cuts rows off that no later poll asks for again: by watermark, each poll asks only for what is new. Take it out (rows come in pages of batch_size anyway), write LIMIT :batch_size, or take capture: diff and leave last_sync out",
                        "mappings[1].custom_query: LIMIT 100 cuts rows off that no later poll asks for again: by query, each poll asks only for what is new. Take it out (rows come in pages of batch_size anyway), write LIMIT :batch_size, or take capture: diff and leave last_sync out");
    }

    @Test
    void warnsOfALimitInASubquery() {
        var plans =
                plan(
                        file(
                                "f",
                                mapping("q", "t")
                                        .to("b")
                                        .query(
                                                "SELECT * FROM (SELECT * FROM t LIMIT 5) t WHERE a > :last_sync")));

        assertThat(plans.warnings())
                .extracting(Problem::toString)
                .anyMatch(text -> text.contains("LIMIT 5 in a subquery"));
    }

    @Test
    void choosesTheModeByTheSettingsOfTheMapping() {
        var pipelines =
                plan(file(
                                "f",
                                mapping("w", "t")
                                        .to("a")
                                        .watermark("wm", WatermarkType.INTEGER)
                                        .query(SINCE),
                                mapping("q", "t").to("b").query(SINCE),
                                mapping("d", "t").to("c"),
                                mapping("dq", "t").to("d").query("SELECT ':last_sync'")))
                        .physical()
                        .pipelines();

        assertThat(pipelines)
                .extracting(pipeline -> pipeline.scan().capture().mode())
                .containsExactly("watermark", "query", "diff", "diff");
        assertThat(pipelines).allMatch(pipeline -> pipeline.detect().isPresent());
    }

    @Test
    void usesTheModeOfTheFile() {
        var plans =
                plan(
                        file(
                                "f",
                                mapping("d", "t")
                                        .to("a")
                                        .watermark("wm", WatermarkType.INTEGER)
                                        .capture(CaptureMode.DIFF)));

        assertThat(plans.physical().pipelines().get(0).scan().capture())
                .isEqualTo(new Capture.ByDiff(0.5));
        assertThat(plans.warnings())
                .extracting(Problem::toString)
                .containsExactly(
                        "mappings[0].watermark: the watermark is not used: the file asks for capture"
                                + " by diff, which reads everything");
    }

    @Test
    void rejectsImpossibleModes() {
        assertThat(
                        problems(
                                file(
                                        "f",
                                        mapping("w", "t").to("a").capture(CaptureMode.WATERMARK),
                                        mapping("q", "t").to("b").capture(CaptureMode.QUERY),
                                        mapping("q2", "t")
                                                .to("c")
                                                .query("SELECT 1")
                                                .capture(CaptureMode.QUERY),
                                        mapping("d", "t")
                                                .to("d")
                                                .query(SINCE)
                                                .capture(CaptureMode.DIFF))))
                .containsExactly(
                        "mappings[0].capture: capture by watermark needs a watermark block; add one,"
                                + " or take diff",
                        "mappings[1].capture: capture by query needs a custom_query that asks for"
                                + " %(last_sync)s; add one, or take watermark or diff",
                        "mappings[2].capture: capture by query, but the custom_query asks for neither"
                                + " %(last_sync)s nor :last_sync, so each poll would send"
                                + " everything; add it, or take diff",
                        "mappings[3].capture: capture by diff must read everything, but the"
                                + " custom_query asks for last_sync, so rows it leaves out would be"
                                + " taken for deleted; take it out, or take query");
    }

    @Test
    void reportsAllProblemsTogether() {
        assertThat(
                        problems(
                                file(
                                        "f",
                                        mapping("a", "t").to("x").query("SELECT %(since)s"),
                                        mapping("b", "n".repeat(64)).to("y").key("é".repeat(32)))))
                .containsExactly(
                        "mappings[0].custom_query: unknown parameter %(since)s; known are"
                                + " %(last_sync)s, :last_sync and :batch_size (line 1 of the query)",
                        "mappings[1].source.table: \""
                                + "n".repeat(64)
                                + "\" has 64 bytes; names in PostgreSQL have 63 at most",
                        "mappings[1].key: \""
                                + "é".repeat(32)
                                + "\" has 64 bytes; names in PostgreSQL have 63 at most");
    }

    @Test
    void rejectsImpossibleColumnNames() {
        assertThat(
                        problems(
                                file(
                                        "f",
                                        mapping("a", "t")
                                                .to("x")
                                                .watermark("w\0", WatermarkType.INTEGER)
                                                .key("i\0d", "line\nbreak")
                                                .excluding("\0")
                                                .renaming("a\0b", "c", "d", "e\0")
                                                .deleteWhen("go\0ne"))))
                .containsExactly(
                        "mappings[0].watermark.column: " + IMPOSSIBLE,
                        "mappings[0].delete_when: " + IMPOSSIBLE,
                        "mappings[0].key: " + IMPOSSIBLE,
                        "mappings[0].exclude_columns: " + IMPOSSIBLE,
                        "mappings[0].column_mapping: " + IMPOSSIBLE,
                        "mappings[0].column_mapping: " + IMPOSSIBLE);
    }

    @Test
    void checksColumnNamesAgainstTheSource() {
        var catalog = new FakeCatalog().with("t", "id*", "name", "wm");
        var spec =
                file(
                        "f",
                        mapping("a", "t")
                                .to("x")
                                .watermark("updated", WatermarkType.TIMESTAMP)
                                .excluding("snn")
                                .renaming("id", "name"));

        assertThatThrownBy(() -> plan(spec, RunOverrides.NONE, catalog))
                .isInstanceOf(PlanException.class)
                .hasMessage(
                        """
                        mappings[0].watermark.column: the source has no column "updated"; it has id, name, wm
                        mappings[0].exclude_columns: the source has no column "snn"; it has id, name, wm
                        mappings[0].column_mapping.id: "id" is mapped onto "name", a name that another column of the source keeps; map or exclude that one too\
                        """);
    }

    @Test
    void queriesTheCatalogWithPlaceholdersFilled() {
        var catalog = new FakeCatalog().with("query", "a");

        plan(
                file("f", mapping("q", "t").to("x").query(SINCE + " LIMIT :batch_size;")),
                RunOverrides.NONE,
                catalog);

        assertThat(catalog.lastQuery())
                .isEqualTo(
                        "SELECT * FROM t WHERE a > '1970-01-01 00:00:00+00'::timestamptz LIMIT 1000");
    }

    @Test
    void assignsWorkersRoundRobin() {
        var spec = many(7);

        assertThat(workers(spec, RunOverrides.NONE))
                .containsExactly(
                        "worker-1",
                        "worker-2",
                        "worker-3",
                        "worker-1",
                        "worker-2",
                        "worker-3",
                        "worker-1");
        assertThat(workers(spec, workers(5))).contains("worker-5").doesNotContain("worker-6");
        assertThat(workers(many(2), workers(5))).containsExactly("worker-1", "worker-2");
        assertThat(workers(file("f", false, 3, mappings(3)), RunOverrides.NONE))
                .containsOnly("worker-1");
        assertThat(workers(file("f", false, 3, mappings(3)), workers(2)))
                .containsExactly("worker-1", "worker-2", "worker-1");
    }

    @Test
    void spreadsSelectedMappingsOverAllWorkers() {
        var two =
                new RunOverrides(
                        List.of("m0", "m3"),
                        Optional.empty(),
                        OptionalInt.empty(),
                        Optional.empty());

        assertThat(plan(many(4), two, Catalog.OFFLINE).physical().pipelines())
                .extracting(Pipeline::mapping, Pipeline::enabled, Pipeline::worker)
                .containsExactly(
                        tuple("m0", true, "worker-1"),
                        tuple("m1", false, "worker-3"),
                        tuple("m2", false, "worker-1"),
                        tuple("m3", true, "worker-2"));
    }

    @Test
    void rejectsImpossibleOverrides() {
        var spec = file("f", mapping("a", "t").to("x"), mapping("b", "t").to("y").disabled());
        var overrides =
                new RunOverrides(
                        List.of("b", "c"),
                        Optional.of(false),
                        OptionalInt.of(4),
                        Optional.of(SyncSpec.Mode.CRON));

        assertThatThrownBy(() -> plan(spec, overrides, Catalog.OFFLINE))
                .isInstanceOf(PlanException.class)
                .hasMessage(
                        """
                        mappings[1].enabled: mapping "b" is asked for and disabled in the file; enable it there
                        mappings: there is no mapping "c" to run; the file has a, b
                        max_workers: a sequential run has one worker, and 4 were asked for; leave one of them out
                        mappings[1].sync.cron_expression: mode cron needs a cron_expression; add one, for example "*/5 * * * *"\
                        """);
    }

    @Test
    void overridesTheScheduleOfAllMappings() {
        var once =
                new RunOverrides(
                        List.of(),
                        Optional.empty(),
                        OptionalInt.empty(),
                        Optional.of(SyncSpec.Mode.ONE_TIME));

        assertThat(plan(many(2), once, Catalog.OFFLINE).physical().pipelines())
                .extracting(pipeline -> pipeline.scan().schedule())
                .containsOnly(new Schedule.Once());
        assertThat(plan(many(1)).physical().pipelines().get(0).scan().schedule())
                .isEqualTo(new Schedule.Every(Duration.ofMinutes(1)));
    }

    @Test
    void identitiesAreDistinctAndContainNoHostsOrWorkers() {
        assertThat(identities(file("f", mapping("a", "t").to(postgres("h1", "d", "x")))))
                .containsExactly("f/a/postgresql:d.x");
        assertThat(
                        identities(
                                file(
                                        "f",
                                        false,
                                        9,
                                        mapping("other", "t").to("y"),
                                        mapping("b", "t")
                                                .renamedFrom("a")
                                                .to(endpoint("postgresql", "h2", 1, "d", "x")))))
                .contains("f/a/postgresql:d.x");
        assertThat(
                        identities(
                                file(
                                        "a/b",
                                        mapping("c\"d", "t")
                                                .to(endpoint("kafka", "h", 1, "bus", "x.y")))))
                .containsExactly("\"a/b\"/\"c\"\"d\"/kafka:bus.\"x.y\"");
    }

    @Test
    void rejectsTwoPipelinesWithTheSameIdentity() {
        assertThat(
                        problems(
                                file(
                                        "f",
                                        mapping("a", "t").to("x"),
                                        mapping("b", "t")
                                                .renamedFrom("a")
                                                .to(postgres("h", "data_warehouse", "x")),
                                        mapping("c", "t")
                                                .to(endpoint("kafka", "h1", 1, "d", "y"))
                                                .to(endpoint("kafka", "h2", 1, "d", "y")))))
                .containsExactly(
                        "mappings[1].renamed_from: \"a\" and \"b\" both go on with the state of one"
                                + " earlier mapping; leave renamed_from to the one it belongs to",
                        "mappings[2].destinations: two destinations have the same type, database and"
                                + " table, so the state of this mapping could not tell them apart;"
                                + " give each a mapping of its own");
    }

    @Test
    void plansAreSerializable() throws Exception {
        var spec =
                file(
                        "f",
                        mapping("a", "t")
                                .to("x")
                                .watermark("wm", WatermarkType.STRING)
                                .excluding("wm"),
                        mapping("b", "t").to("y").query(SINCE),
                        mapping("c", "t").to("z"));
        PhysicalPlan sent = plan(spec).physical();

        PhysicalPlan arrived = copiedBySerialization(sent);

        assertThat(arrived).isEqualTo(sent).isNotSameAs(sent);
        assertThat(arrived).usingRecursiveComparison().isEqualTo(sent);
        for (int i = 0; i < sent.pipelines().size(); i++) {
            assertThat(arrived.pipelines().get(i).deliver().destination().connection().password())
                    .as("passwords travel, though they print as stars")
                    .isEqualTo(new Secret(MappingBuilder.PASSWORD));
        }
    }

    private static PhysicalPlan copiedBySerialization(PhysicalPlan plan) throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(plan);
        }
        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (PhysicalPlan) in.readObject();
        }
    }

    @Test
    void tracesRewrites() {
        List<String> trace = new ArrayList<>();
        new Planner(AllDestinationTypes.ALL, trace::add)
                .plan(many(1), PlannerTest::problem, RunOverrides.NONE, Catalog.OFFLINE);

        assertThat(trace)
                .first()
                .isEqualTo(
                        """
                        normalize by RemoveIdentityProject:
                        Project  everything as it is
                          Scan  postgresql customer_analytics t
                        =>
                        Scan  postgresql customer_analytics t
                        """);
    }

    private static org.assertj.core.groups.Tuple tuple(Object... values) {
        return org.assertj.core.api.Assertions.tuple(values);
    }

    private static RunOverrides workers(int workers) {
        return new RunOverrides(
                List.of(), Optional.empty(), OptionalInt.of(workers), Optional.empty());
    }

    private static MappingBuilder[] mappings(int count) {
        MappingBuilder[] mappings = new MappingBuilder[count];
        for (int i = 0; i < count; i++) {
            mappings[i] = mapping("m" + i, "t").to("t" + i);
        }
        return mappings;
    }

    private static ConfigFileSpec many(int count) {
        return file("f", mappings(count));
    }

    private static List<String> workers(ConfigFileSpec spec, RunOverrides overrides) {
        return plan(spec, overrides, Catalog.OFFLINE).physical().pipelines().stream()
                .map(Pipeline::worker)
                .toList();
    }

    private static List<String> identities(ConfigFileSpec spec) {
        return plan(spec).physical().pipelines().stream().map(Pipeline::identity).toList();
    }

    private static List<String> problems(ConfigFileSpec spec) {
        try {
            plan(spec);
            return List.of();
        } catch (PlanException e) {
            return e.problems().stream().map(Problem::toString).toList();
        }
    }

    private static PlanningResult plan(ConfigFileSpec spec) {
        return plan(spec, RunOverrides.NONE, Catalog.OFFLINE);
    }

    private static PlanningResult plan(
            ConfigFileSpec spec, RunOverrides overrides, Catalog catalog) {
        return new Planner(AllDestinationTypes.ALL)
                .plan(spec, PlannerTest::problem, overrides, catalog);
    }

    private static Problem problem(String path, String message) {
        return new Problem(path, 0, 0, message);
    }
}
