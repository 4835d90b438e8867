package com.evolvishub.cdc.planner.physical;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.RowGuard.Measure;
import com.evolvishub.cdc.planner.spec.OnBadRow;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowGuardTest {

    private static final ScanSql SQL =
            new ScanSql(new Relation.Table("", "t"), List.of("id", "a", "b"), List.of("id"));

    @Test
    void namesTheSizeOfARowThatIsCutAndLeavesBoundedColumnsAlone() {
        RowGuard guard = guard(List.of(Measure.BOUNDED, Measure.TEXT, Measure.BOUNDED), false);

        assertThat(SQL.guarded(guard).all(place -> ""))
                .isEqualTo(
                        """
                        SELECT CASE WHEN (pg_catalog.octet_length("a") > 1000) AND \
                        coalesce(pg_catalog.octet_length("a"), 0)::bigint > 1000 THEN \
                        coalesce(pg_catalog.octet_length("a"), 0)::bigint END AS "_cdc_cut", "id", \
                        CASE WHEN pg_catalog.octet_length("a") > 1000 AND \
                        coalesce(pg_catalog.octet_length("a"), 0)::bigint > 1000 THEN NULL \
                        ELSE "a" END AS "_cdc_cell_1", "b" FROM "t\"""");
    }

    @Test
    void aCellIsLookedAtFromItsShareOfTheLimitOn() {
        RowGuard guard = guard(List.of(Measure.BOUNDED, Measure.TEXT, Measure.BINARY), false);

        assertThat(SQL.guarded(guard).all(place -> ""))
                .contains("octet_length(\"a\") > 500", "octet_length(\"b\") > 250");
    }

    @Test
    void anExpressionIsNamedOnceBehindTheRelation() {
        RowGuard guard = guard(List.of(Measure.BOUNDED, Measure.TEXT, Measure.STORED), true);

        assertThat(SQL.guarded(guard).all(place -> ""))
                .endsWith(
                        " FROM \"t\" CROSS JOIN LATERAL (SELECT \"a\" AS \"_cdc_cell_1\","
                                + " \"b\" AS \"_cdc_cell_2\" OFFSET 0) g");
    }

    @Test
    void theOrderIsThatOfTheColumnsAndNotOfWhatIsCut() {
        RowGuard guard = guard(List.of(Measure.TEXT, Measure.TEXT, Measure.TEXT), false);

        assertThat(SQL.guarded(guard).range("a", ScanRange.of("", ""), place -> ""))
                .endsWith(" WHERE \"a\" IS NOT NULL ORDER BY \"a\", \"id\"")
                .doesNotContain("END AS \"a\"");
    }

    @Test
    void nothingIsAddedWhereNoColumnMayBeLarge() {
        assertThat(guard(List.of(Measure.BOUNDED, Measure.BOUNDED, Measure.BOUNDED), true))
                .extracting(RowGuard::isNeeded)
                .isEqualTo(false);
    }

    @Test
    void withoutALimitItIsAPartOfTheHeap() {
        assertThat(RowLimit.DEFAULT.bytes(640L << 20)).isEqualTo(40L << 20);
        assertThat(new RowLimit(5000, OnBadRow.QUARANTINE).bytes(640L << 20)).isEqualTo(5000);
    }

    private static RowGuard guard(List<Measure> measures, boolean computed) {
        return new RowGuard(1000, List.of("id", "a", "b"), measures, computed);
    }
}
