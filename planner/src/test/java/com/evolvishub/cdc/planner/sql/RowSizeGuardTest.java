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
    void selectsTheSizeOfAnOversizeRowAndKeepsBoundedColumns() {
        RowSizeGuard guard = guard(List.of(Measure.BOUNDED, Measure.TEXT, Measure.BOUNDED), false);

        assertThat(SQL.withSizeGuard(guard).all(placeholder -> ""))
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
    void measuresACellAboveItsShareOfTheLimit() {
        RowSizeGuard guard = guard(List.of(Measure.BOUNDED, Measure.TEXT, Measure.BINARY), false);

        assertThat(SQL.withSizeGuard(guard).all(placeholder -> ""))
                .contains("octet_length(\"a\") > 500", "octet_length(\"b\") > 250");
    }

    @Test
    void evaluatesAnExpressionOnceInALateralJoin() {
        RowSizeGuard guard = guard(List.of(Measure.BOUNDED, Measure.TEXT, Measure.STORED), true);

        assertThat(SQL.withSizeGuard(guard).all(placeholder -> ""))
                .endsWith(
                        " FROM \"t\" CROSS JOIN LATERAL (SELECT \"a\" AS \"_cdc_cell_1\","
                                + " \"b\" AS \"_cdc_cell_2\" OFFSET 0) g");
    }

    @Test
    void ordersByColumnsAndNotByGuardedCells() {
        RowSizeGuard guard = guard(List.of(Measure.TEXT, Measure.TEXT, Measure.TEXT), false);

        assertThat(SQL.withSizeGuard(guard).range("a", ScanRange.of("", ""), placeholder -> ""))
                .endsWith(" WHERE \"a\" IS NOT NULL ORDER BY \"a\", \"id\"")
                .doesNotContain("END AS \"a\"");
    }

    @Test
    void isNotNeededIfNoColumnMayBeLarge() {
        assertThat(guard(List.of(Measure.BOUNDED, Measure.BOUNDED, Measure.BOUNDED), true))
                .extracting(RowSizeGuard::isNeeded)
                .isEqualTo(false);
    }

    @Test
    void derivesADefaultLimitFromTheHeap() {
        assertThat(RowSizeLimit.DEFAULT.bytes(640L << 20)).isEqualTo(40L << 20);
        assertThat(new RowSizeLimit(5000, BadRowPolicy.QUARANTINE).bytes(640L << 20))
                .isEqualTo(5000);
    }

    private static RowSizeGuard guard(List<Measure> measures, boolean computed) {
        return new RowSizeGuard(1000, List.of("id", "a", "b"), measures, computed);
    }
}
