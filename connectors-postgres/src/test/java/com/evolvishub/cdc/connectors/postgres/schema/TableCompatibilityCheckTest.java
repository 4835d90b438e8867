package com.evolvishub.cdc.connectors.postgres.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.connectors.postgres.table.TableDescription;
import com.evolvishub.cdc.connectors.postgres.table.TableDescription.TableColumn;
import com.evolvishub.cdc.connectors.postgres.table.TableDescription.UniqueIndex;
import com.evolvishub.cdc.connectors.postgres.table.WriteSideEffects;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableCompatibilityCheckTest {

    private static final TestPipeline LANE =
            TestPipeline.into(
                    new EndpointSpec(
                            "postgresql",
                            new ConnectionSpec(
                                    "nowhere",
                                    1,
                                    "shop",
                                    "ada",
                                    new Secret("x"),
                                    TlsSpec.UNSET,
                                    Duration.ofSeconds(1),
                                    List.of()),
                            "",
                            "orders",
                            List.of()));

    private static TableDescription table(String... columns) {
        return new TableDescription(
                "public",
                "orders",
                'r',
                true,
                List.of(columns).stream()
                        .map(
                                name ->
                                        new TableColumn(
                                                name, "text", "text", false, false, ' ', false, ""))
                        .toList(),
                List.of(),
                List.of(
                        new UniqueIndex(
                                "public", "orders_row", List.of("_cdc_row"), true, true, true)),
                WriteSideEffects.NONE);
    }

    @Test
    void notesThatAComparisonCanOnlyAppend() {
        TableCompatibility fit =
                TableCompatibilityCheck.fit(
                        table("id", "name"), TestPipeline.KEYLESS, LANE.byDiff().pipeline());
        assertThat(fit.problems()).isEmpty();
        assertThat(fit.notes())
                .containsExactly(
                        "rows are only appended to \"public\".\"orders\": the mapping compares"
                                + " everything and has no key, and the table has no column _cdc_row, so"
                                + " an update comes as one more row and a delete does not come at all."
                                + " Name the columns that tell rows apart with key: [..], or let the"
                                + " mapping make the table");
    }

    @Test
    void hasNoNoteIfRowsAreIdentifiedOrNotCompared() {
        assertThat(
                        TableCompatibilityCheck.fit(
                                        table("id", "name", "_cdc_row"),
                                        TestPipeline.KEYLESS,
                                        LANE.byDiff().pipeline())
                                .notes())
                .isEmpty();
        assertThat(
                        TableCompatibilityCheck.fit(
                                        table("id", "name"), TestPipeline.KEYLESS, LANE.pipeline())
                                .notes())
                .isEmpty();
    }
}
