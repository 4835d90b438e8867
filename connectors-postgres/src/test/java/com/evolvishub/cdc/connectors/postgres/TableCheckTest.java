package com.evolvishub.cdc.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.connectors.postgres.TableDescription.TableColumn;
import com.evolvishub.cdc.connectors.postgres.TableDescription.UniqueIndex;
import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.planner.spec.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import com.evolvishub.cdc.planner.spec.Secret;
import com.evolvishub.cdc.planner.spec.TlsSpec;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableCheckTest {

    private static final TestLane LANE =
            TestLane.to(
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
                ServerRules.NONE);
    }

    @Test
    void saysSoWhereAComparisonCanOnlyAppend() {
        TableFit fit =
                TableCheck.fit(table("id", "name"), TestLane.KEYLESS, LANE.byDiff().pipeline());
        assertThat(fit.problems()).isEmpty();
        assertThat(fit.notes())
                .containsExactly(
                        "rows are only appended to \"public\".\"orders\": the mapping compares"
                                + " everything and has no key, and the table has no column _cdc_row,"
                                + " so an update comes as one more row and a delete does not come at"
                                + " all. Name the columns that tell rows apart with key: [..], or"
                                + " let the mapping make the table");
    }

    @Test
    void saysNothingWhereRowsAreToldApartOrNothingIsCompared() {
        assertThat(
                        TableCheck.fit(
                                        table("id", "name", "_cdc_row"),
                                        TestLane.KEYLESS,
                                        LANE.byDiff().pipeline())
                                .notes())
                .isEmpty();
        assertThat(TableCheck.fit(table("id", "name"), TestLane.KEYLESS, LANE.pipeline()).notes())
                .isEmpty();
    }
}
