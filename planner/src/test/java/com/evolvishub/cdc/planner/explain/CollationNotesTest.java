package com.evolvishub.cdc.planner.explain;

import static com.evolvishub.cdc.planner.MappingBuilder.file;
import static com.evolvishub.cdc.planner.MappingBuilder.mapping;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.planner.AllDestinationTypes;
import com.evolvishub.cdc.planner.FakeCatalog;
import com.evolvishub.cdc.planner.MappingBuilder;
import com.evolvishub.cdc.planner.Planner;
import com.evolvishub.cdc.planner.RunOverrides;
import com.evolvishub.cdc.planner.catalog.Catalog.ColumnOrder;
import com.evolvishub.cdc.planner.catalog.Catalog.ColumnOrder.Order;
import com.evolvishub.cdc.planner.catalog.Catalog.PollFacts;
import com.evolvishub.cdc.planner.physical.PipelineFingerprint;
import com.evolvishub.cdc.planner.physical.PlanningResult;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.problem.Problem;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CollationNotesTest {

    private final FakeCatalog tables = new FakeCatalog().with("t", "id*", "ksuid");

    @Test
    void warnsOfALanguageCollationAndNamesTheRemedy() {
        PollFacts facts = compared(Order.LANGUAGE, "\"en-x-icu\", en");
        tables.withPollFacts(facts);

        assertThat(PollNotes.warnings(scan(byText()), facts))
                .containsExactly(
                        "ksuid is compared by the collation \"en-x-icu\", en, whose order is not that of bytes: it may take 2Zq0a for lower than 2Zq0Z. Values that grow in byte order (KSUID, ULID, base62) are missed then; collation: C in the watermark block compares bytes");
        assertThat(explain(byText())).contains("warning: ksuid is compared by the collation");
    }

    @Test
    void warnsOfNondeterministicCollationsAndOtherTextTypes() {
        assertThat(PollNotes.warnings(scan(byText()), compared(Order.NONDETERMINISTIC, "same")))
                .singleElement()
                .asString()
                .contains("nondeterministic", "collation: C");
        assertThat(PollNotes.warnings(scan(byText()), compared(Order.OTHER_TEXT, "citext")))
                .singleElement()
                .asString()
                .contains("of type citext", "casts it to text");
    }

    @Test
    void doesNotWarnOfByteOrderAndOtherTypes() {
        for (Order order : List.of(Order.BYTES, Order.NO_TEXT)) {
            assertThat(PollNotes.warnings(scan(byText()), compared(order, "x"))).isEmpty();
        }
        assertThat(
                        PollNotes.warnings(
                                scan(mapping("m", "t").to("x").watermarkInByteOrder("ksuid")),
                                compared(Order.LANGUAGE, "x")))
                .isEmpty();
    }

    @Test
    void appliesARequestedCollationToEveryComparison() {
        tables.withPollFacts(compared(Order.LANGUAGE, "x"));

        assertThat(
                        explain(mapping("m", "t").to("x").watermarkInByteOrder("ksuid"))
                                .replaceAll("\\s+", " "))
                .contains(
                        "WHERE \"ksuid\" COLLATE \"C\" > :lower ORDER BY \"ksuid\" COLLATE \"C\", \"id\" ",
                        "ksuid is compared byte by byte (collation: C)",
                        "watermark ksuid string collation C");
    }

    @ParameterizedTest
    @EnumSource(names = {"NO_TEXT", "OTHER_TEXT"})
    void rejectsARequestedCollationForOtherTypes(Order order) {
        tables.withPollFacts(compared(order, "uuid"));

        assertThatThrownBy(() -> explain(mapping("m", "t").to("x").watermarkInByteOrder("ksuid")))
                .hasMessageContaining(
                        "ksuid is of type uuid, which is not compared byte by byte under any collation");
    }

    @Test
    void aChangedCollationChangesTheFingerprint() {
        PipelineFingerprint before = fingerprint(byText());
        PipelineFingerprint after =
                fingerprint(mapping("m", "t").to("x").watermarkInByteOrder("ksuid"));

        assertThat(after.changedIn(before)).containsExactly("watermark");
    }

    private static MappingBuilder byText() {
        return mapping("m", "t").to("x").watermark("ksuid", WatermarkType.STRING);
    }

    private static PollFacts compared(Order order, String description) {
        return new PollFacts(
                false,
                true,
                "UTC",
                "x",
                Optional.empty(),
                1,
                List.of(),
                Optional.of(new ColumnOrder(order, description)));
    }

    private String explain(MappingBuilder mapping) {
        return new PlanExplainer(AllDestinationTypes.ALL).text(plans(mapping));
    }

    private PollScan scan(MappingBuilder mapping) {
        return plans(mapping).physical().pipelines().get(0).scan();
    }

    private PipelineFingerprint fingerprint(MappingBuilder mapping) {
        return PipelineFingerprint.of(plans(mapping).physical().pipelines().get(0));
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
