package com.evolvishub.cdc.planner.explain;

import static com.evolvishub.cdc.planner.MappingBuilder.file;
import static com.evolvishub.cdc.planner.MappingBuilder.mapping;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.AllDestinationTypes;
import com.evolvishub.cdc.planner.FakeCatalog;
import com.evolvishub.cdc.planner.MappingBuilder;
import com.evolvishub.cdc.planner.Planner;
import com.evolvishub.cdc.planner.RunOverrides;
import com.evolvishub.cdc.planner.catalog.DeleteConfirmation;
import com.evolvishub.cdc.planner.catalog.DeleteConfirmation.Kind;
import com.evolvishub.cdc.planner.physical.PlanningResult;
import com.evolvishub.cdc.planner.problem.Problem;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeleteNotesTest {

    private final FakeCatalog tables =
            new FakeCatalog().with("t", "id*", "at", "secret").with("query", "id", "at");

    @Test
    void oneReadProvesADeleteIfEverythingIsLocked() {
        DeleteConfirmation locked = new DeleteConfirmation(Kind.LOCKED, "");

        assertThat(explain(diff(), locked))
                .contains(
                        "deletes: a row is deleted at the destination once one read misses it: all that is");
        assertThat(note(diff(), locked)).isEmpty();
    }

    @Test
    void explainsWhyADeleteNeedsTwoReads() {
        DeleteConfirmation view = new DeleteConfirmation(Kind.TWO_READS, "the materialized view m");

        assertThat(explain(diff(), view))
                .contains("once two reads in a row miss it:\n", "      the materialized view m\n");
        assertThat(note(diff(), view))
                .contains(
                        "a row is deleted once two reads in a row miss it: the materialized view m");
    }

    @Test
    void warnsOfDeletesThatAreBestEffort() {
        DeleteConfirmation foreign =
                new DeleteConfirmation(Kind.BEST_EFFORT, "the foreign table f");

        assertThat(explain(diff(), foreign)).contains("deletes: warning: deletes are best effort");
        assertThat(note(diff(), foreign).orElseThrow())
                .startsWith(
                        "deletes are best effort, once two reads in a row miss a row: the foreign table f");
    }

    @Test
    void aQueryEvictsRowsByTheSameRule() {
        MappingBuilder query =
                mapping("m", "t").to("x").query("SELECT id FROM t WHERE at > :last_sync");

        assertThat(explain(query, new DeleteConfirmation(Kind.LOCKED, "")))
                .contains("deletes: nothing is deleted; a row is forgotten, and sent anew");
        assertThat(note(query, new DeleteConfirmation(Kind.TWO_READS, "because")))
                .contains("a row is forgotten once two reads in a row miss it: because");
        assertThat(tables.lastRead()).contains("at > NULL");
    }

    @Test
    void reportsUnknownLocksOnlyInExplain() {
        DeleteConfirmation unknown = new DeleteConfirmation(Kind.UNKNOWN, "t is locked");

        assertThat(explain(diff(), unknown)).contains("not found out: t is", "locked");
        assertThat(note(diff(), unknown)).isEmpty();
    }

    @Test
    void requestsNothingForAMappingThatDetectsNoDeletes() {
        MappingBuilder byTime = mapping("m", "t").to("x").watermark("at", WatermarkType.TIMESTAMP);

        assertThat(explain(byTime, new DeleteConfirmation(Kind.LOCKED, "")))
                .doesNotContain("deletes:");
    }

    @Test
    void requestsNoExcludedColumn() {
        explain(diff().excluding("secret"), new DeleteConfirmation(Kind.LOCKED, ""));

        assertThat(tables.lastRead()).isEqualTo("SELECT \"id\", \"at\" FROM \"t\"");
    }

    private static MappingBuilder diff() {
        return mapping("m", "t").to("x");
    }

    private String explain(MappingBuilder mapping, DeleteConfirmation confirmation) {
        tables.withDeleteConfirmation(confirmation);
        return new PlanExplainer(AllDestinationTypes.ALL).text(plans(mapping));
    }

    private Optional<String> note(MappingBuilder mapping, DeleteConfirmation confirmation) {
        return DeleteNotes.note(plans(mapping).physical().pipelines().get(0).scan(), confirmation);
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
