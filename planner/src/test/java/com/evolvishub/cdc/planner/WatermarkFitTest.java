package com.evolvishub.cdc.planner;

import static com.evolvishub.cdc.planner.Mappings.file;
import static com.evolvishub.cdc.planner.Mappings.mapping;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.logical.Catalog.ColumnOrder;
import com.evolvishub.cdc.planner.logical.Catalog.ColumnOrder.Order;
import com.evolvishub.cdc.planner.logical.Catalog.PollFacts;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.spec.Problem;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WatermarkFitTest {

    @Test
    void numbersThatAreKeptAsTextsAreNamed() {
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
    void timesThatAreKeptAsTextsAreNamed() {
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
    void aLookBackThatIsAnotherThanTheFileSaysIsNamed(
            WatermarkType type, String column, String told) {
        PollFacts facts = compared(Order.NO_TEXT, column);

        assertThat(PollNotes.warnings(plans(type, facts).scan(), facts))
                .singleElement()
                .asString()
                .contains("w is of type " + column, told);
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
    void typesThatFitNeedNoWord(WatermarkType type, String column) {
        PollFacts facts = compared(Order.NO_TEXT, column);

        assertThat(PollNotes.warnings(plans(type, facts).scan(), facts)).isEmpty();
    }

    private record Planned(Plans plans) {
        PollScan scan() {
            return plans.physical().pipelines().get(0).scan();
        }

        String explained() {
            return new Explain(KnownTypes.ALL).text(plans);
        }
    }

    private static Planned plans(WatermarkType type, PollFacts facts) {
        KnownTables tables = new KnownTables().with("t", "id*", "w");
        tables.meeting(facts);
        return new Planned(
                new Planner(KnownTypes.ALL)
                        .plan(
                                file("f", mapping("m", "t").to("x").watermark("w", type)),
                                (path, message) -> new Problem(path, 0, 0, message),
                                RunOverrides.NONE,
                                tables));
    }

    private static PollFacts compared(Order order, String words) {
        return new PollFacts(
                false,
                true,
                "UTC",
                "x",
                Optional.empty(),
                1,
                List.of(),
                Optional.of(new ColumnOrder(order, words)));
    }
}
