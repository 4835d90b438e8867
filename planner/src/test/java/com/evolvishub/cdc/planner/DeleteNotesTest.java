package com.evolvishub.cdc.planner;

import static com.evolvishub.cdc.planner.Mappings.file;
import static com.evolvishub.cdc.planner.Mappings.mapping;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.logical.DeleteCoverage;
import com.evolvishub.cdc.planner.logical.DeleteCoverage.Kind;
import com.evolvishub.cdc.planner.spec.Problem;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeleteNotesTest {

    private final KnownTables tables =
            new KnownTables().with("t", "id*", "at", "secret").with("query", "id", "at");

    @Test
    void oneReadProvesADeleteWhereEverythingIsLocked() {
        DeleteCoverage locked = new DeleteCoverage(Kind.LOCKED, "");

        assertThat(explain(diff(), locked))
                .contains(
                        "deletes: a row is deleted at the destination once one read misses it: all that is");
        assertThat(note(diff(), locked)).isEmpty();
    }

    @Test
    void saysWhyADeleteNeedsTwoReads() {
        DeleteCoverage view = new DeleteCoverage(Kind.TWO_READS, "the materialized view m");

        assertThat(explain(diff(), view))
                .contains("once two reads in a row miss it:\n", "      the materialized view m\n");
        assertThat(note(diff(), view))
                .contains(
                        "a row is deleted once two reads in a row miss it: the materialized view m");
    }

    @Test
    void warnsOfDeletesThatAreBestEffort() {
        DeleteCoverage foreign = new DeleteCoverage(Kind.BEST_EFFORT, "the foreign table f");

        assertThat(explain(diff(), foreign)).contains("deletes: warning: deletes are best effort");
        assertThat(note(diff(), foreign).orElseThrow())
                .startsWith(
                        "deletes are best effort, once two reads in a row miss a row: the foreign table f");
    }

    @Test
    void aQueryForgetsByTheSameRule() {
        Mappings query = mapping("m", "t").to("x").query("SELECT id FROM t WHERE at > :last_sync");

        assertThat(explain(query, new DeleteCoverage(Kind.LOCKED, "")))
                .contains("deletes: nothing is deleted; a row is forgotten, and sent anew");
        assertThat(note(query, new DeleteCoverage(Kind.TWO_READS, "because")))
                .contains("a row is forgotten once two reads in a row miss it: because");
        assertThat(tables.lastRead()).contains("at > NULL");
    }

    @Test
    void whatIsLockedNowIsFoundOutLater() {
        DeleteCoverage unknown = new DeleteCoverage(Kind.UNKNOWN, "t is locked");

        assertThat(explain(diff(), unknown)).contains("not found out: t is", "locked");
        assertThat(note(diff(), unknown)).isEmpty();
    }

    @Test
    void asksNothingOfAMappingThatTellsNoDeletes() {
        Mappings byTime = mapping("m", "t").to("x").watermark("at", WatermarkType.TIMESTAMP);

        assertThat(explain(byTime, new DeleteCoverage(Kind.LOCKED, ""))).doesNotContain("deletes:");
    }

    @Test
    void asksForNoColumnThatMustNotLeave() {
        explain(diff().excluding("secret"), new DeleteCoverage(Kind.LOCKED, ""));

        assertThat(tables.lastRead()).isEqualTo("SELECT \"id\", \"at\" FROM \"t\"");
    }

    private static Mappings diff() {
        return mapping("m", "t").to("x");
    }

    private String explain(Mappings mapping, DeleteCoverage coverage) {
        tables.proving(coverage);
        return new Explain(KnownTypes.ALL).text(plans(mapping));
    }

    private Optional<String> note(Mappings mapping, DeleteCoverage coverage) {
        return DeleteNotes.note(plans(mapping).physical().pipelines().get(0).scan(), coverage);
    }

    private Plans plans(Mappings mapping) {
        return new Planner(KnownTypes.ALL)
                .plan(
                        file("f", mapping),
                        (path, message) -> new Problem(path, 0, 0, message),
                        RunOverrides.NONE,
                        tables);
    }
}
