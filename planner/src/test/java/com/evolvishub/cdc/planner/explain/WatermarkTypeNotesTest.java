package com.evolvishub.cdc.planner.explain;

import static com.evolvishub.cdc.planner.MappingBuilder.file;
import static com.evolvishub.cdc.planner.MappingBuilder.mapping;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.AllDestinationTypes;
import com.evolvishub.cdc.planner.FakeCatalog;
import com.evolvishub.cdc.planner.Planner;
import com.evolvishub.cdc.planner.RunOverrides;
import com.evolvishub.cdc.planner.catalog.Catalog.ColumnOrder;
import com.evolvishub.cdc.planner.catalog.Catalog.ColumnOrder.Order;
import com.evolvishub.cdc.planner.catalog.Catalog.PollFacts;
import com.evolvishub.cdc.planner.physical.PlanningResult;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.problem.Problem;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WatermarkTypeNotesTest {

    @Test
    void warnsOfNumbersStoredAsText() {
        PollFacts facts = compared(Order.BYTES, "of the database, C");

        assertThat(PollNotes.warnings(plans(WatermarkType.INTEGER, facts).scan(), facts))
                .singleElement()
                .asString()
                .startsWith("w holds texts, though the watermark block says type: integer")
                .contains("10 is lower than 9", "casts it to a number", "type: string");
        assertThat(plans(WatermarkType.INTEGER, facts).explained())
                .contains("warning: w holds texts");
    }

    @Test
    void warnsOfTimesStoredAsText() {
        PollFacts facts = compared(Order.OTHER_TEXT, "citext");

        assertThat(PollNotes.warnings(plans(WatermarkType.TIMESTAMP, facts).scan(), facts))
                .anySatisfy(
                        text ->
                                assertThat(text)
                                        .contains("w holds texts", "no look-back", "timestamptz"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TIMESTAMP|bigint|lookback_values (1000) is what is read again",
                "INTEGER|timestamp with time zone|lookback_seconds is what is read again",
                "INTEGER|double precision|there is no look-back",
                "TIMESTAMP|uuid|there is no look-back"
            })
    void warnsIfTheLookbackDiffersFromTheFile(
            WatermarkType type, String column, String expectedText) {
        PollFacts facts = compared(Order.NO_TEXT, column);

        assertThat(PollNotes.warnings(plans(type, facts).scan(), facts))
                .singleElement()
                .asString()
                .contains("w is of type " + column, expectedText);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TIMESTAMP|timestamp without time zone",
                "TIMESTAMP|date",
                "INTEGER|bigint",
                "INTEGER|numeric",
                "STRING|uuid",
                "STRING|bigint"
            })
    void doesNotWarnOfMatchingTypes(WatermarkType type, String column) {
        PollFacts facts = compared(Order.NO_TEXT, column);

        assertThat(PollNotes.warnings(plans(type, facts).scan(), facts)).isEmpty();
    }

    private record Planned(PlanningResult plans) {
        PollScan scan() {
            return plans.physical().pipelines().get(0).scan();
        }

        String explained() {
            return new PlanExplainer(AllDestinationTypes.ALL).text(plans);
        }
    }

    private static Planned plans(WatermarkType type, PollFacts facts) {
        FakeCatalog tables = new FakeCatalog().with("t", "id*", "w");
        tables.withPollFacts(facts);
        return new Planned(
                new Planner(AllDestinationTypes.ALL)
                        .plan(
                                file("f", mapping("m", "t").to("x").watermark("w", type)),
                                (path, message) -> new Problem(path, 0, 0, message),
                                RunOverrides.NONE,
                                tables));
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
}
