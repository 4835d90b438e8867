package com.evolvishub.cdc.planner.sql;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.RowSizeLimit;
import com.evolvishub.cdc.planner.spec.BadRowPolicy;
import com.evolvishub.cdc.planner.sql.RowSizeGuard.Measure;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowSizeGuardTest {

    private static final ScanSql SQL =
            new ScanSql(new Relation.Table("", "t"), List.of("id", "a", "b"), List.of("id"));

    @Test
    void namesTheSizeOfARowThatIsCutAndLeavesBoundedColumnsAlone() {
        RowSizeGuard guard = guard(List.of(Measure.BOUNDED, Measure.TEXT, Measure.BOUNDED), false);

        assertThat(SQL.withSizeGuard(guard).all(place -> ""))
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
        RowSizeGuard guard = guard(List.of(Measure.BOUNDED, Measure.TEXT, Measure.BINARY), false);

        assertThat(SQL.withSizeGuard(guard).all(place -> ""))
                .contains("octet_length(\"a\") > 500", "octet_length(\"b\") > 250");
    }

    @Test
    void anExpressionIsNamedOnceBehindTheRelation() {
        RowSizeGuard guard = guard(List.of(Measure.BOUNDED, Measure.TEXT, Measure.STORED), true);

        assertThat(SQL.withSizeGuard(guard).all(place -> ""))
                .endsWith(
                        " FROM \"t\" CROSS JOIN LATERAL (SELECT \"a\" AS \"_cdc_cell_1\","
                                + " \"b\" AS \"_cdc_cell_2\" OFFSET 0) g");
    }

    @Test
    void theOrderIsThatOfTheColumnsAndNotOfWhatIsCut() {
        RowSizeGuard guard = guard(List.of(Measure.TEXT, Measure.TEXT, Measure.TEXT), false);

        assertThat(SQL.withSizeGuard(guard).range("a", ScanRange.of("", ""), place -> ""))
                .endsWith(" WHERE \"a\" IS NOT NULL ORDER BY \"a\", \"id\"")
                .doesNotContain("END AS \"a\"");
    }

    @Test
    void nothingIsAddedWhereNoColumnMayBeLarge() {
        assertThat(guard(List.of(Measure.BOUNDED, Measure.BOUNDED, Measure.BOUNDED), true))
                .extracting(RowSizeGuard::isNeeded)
                .isEqualTo(false);
    }

    @Test
    void withoutALimitItIsAPartOfTheHeap() {
        assertThat(RowSizeLimit.DEFAULT.bytes(640L << 20)).isEqualTo(40L << 20);
        assertThat(new RowSizeLimit(5000, BadRowPolicy.QUARANTINE).bytes(640L << 20))
                .isEqualTo(5000);
    }

    private static RowSizeGuard guard(List<Measure> measures, boolean computed) {
        return new RowSizeGuard(1000, List.of("id", "a", "b"), measures, computed);
    }
}
