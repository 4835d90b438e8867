package com.evolvishub.cdc.planner.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.planner.sql.PollQuery.Placeholder;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScanSqlTest {

    private static final Relation ORDERS = new Relation.Table("shop", "Orders");

    @Test
    void readsARangeInTheOrderOfWatermarkAndKey() {
        var sql = new ScanSql(ORDERS, List.of("id", "wm", "a\"b"), List.of("id"));

        assertThat(sql.range("wm", ScanRange.of("'1'", "'2'"), ScanSqlTest::noPlaceholders))
                .isEqualTo(
                        "SELECT \"id\", \"wm\", \"a\"\"b\" FROM \"shop\".\"Orders\""
                                + " WHERE \"wm\" > '1' AND \"wm\" <= '2' ORDER BY \"wm\", \"id\"");
    }

    @Test
    void resumesAtTheLastRowOfAKeyedTie() {
        var sql = new ScanSql(ORDERS, List.of("a", "b", "wm"), List.of("a", "b"));
        var range = ScanRange.of("'1'", "").resumedAt(List.of("'5'", "'x'", "'y'"));

        assertThat(sql.range("wm", range, ScanSqlTest::noPlaceholders))
                .endsWith(
                        " WHERE \"wm\" > '1' AND (\"wm\", \"a\", \"b\") >= ('5', 'x', 'y')"
                                + " ORDER BY \"wm\", \"a\", \"b\"");
    }

    @Test
    void resumesAtTheStartOfAKeylessTie() {
        var sql = new ScanSql(ORDERS, List.of("wm"), List.of());
        var range = ScanRange.of("", "'9'").resumedAt(List.of("'5'"));

        assertThat(sql.range("wm", range, ScanSqlTest::noPlaceholders))
                .endsWith(" WHERE \"wm\" <= '9' AND \"wm\" >= '5' ORDER BY \"wm\"");
    }

    @Test
    void namesAWatermarkThatIsAlsoTheKeyOnce() {
        var sql = new ScanSql(ORDERS, List.of("id", "v"), List.of("id"));
        var range = ScanRange.of("", "").resumedAt(List.of("'5'"));

        assertThat(sql.range("id", range, ScanSqlTest::noPlaceholders))
                .endsWith(" WHERE (\"id\") >= ('5') ORDER BY \"id\"");
    }

    @Test
    void requiresAWatermarkIfTheRangeHasNoBounds() {
        var sql = new ScanSql(ORDERS, List.of("wm"), List.of());

        assertThat(sql.range("wm", ScanRange.of("", ""), ScanSqlTest::noPlaceholders))
                .endsWith(" WHERE \"wm\" IS NOT NULL ORDER BY \"wm\"");
    }

    @Test
    void rejectsAnIncompletePosition() {
        var sql = new ScanSql(ORDERS, List.of("id", "wm"), List.of("id"));
        var range = ScanRange.of("", "").resumedAt(List.of("'5'"));

        assertThatThrownBy(() -> sql.range("wm", range, ScanSqlTest::noPlaceholders))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a resume position of 1 values for the columns [\"wm\", \"id\"]");
    }

    @Test
    void endsAWrappedQueryWithANewlineBecauseOfComments() {
        var query = PollQueryParser.parse("SELECT 1 AS a WHERE now() > :last_sync -- all").query();
        var sql = new ScanSql(new Relation.Query(query), List.of("a"), List.of());

        assertThat(sql.all(placeholder -> "'2024-01-01'::timestamptz"))
                .isEqualTo(
                        "SELECT \"a\" FROM (SELECT 1 AS a WHERE now() >"
                                + " '2024-01-01'::timestamptz -- all\n) q");
    }

    @Test
    void readsAWholeTableUnordered() {
        var sql = new ScanSql(new Relation.Table("", "t"), List.of("a"), List.of("a"));

        assertThat(sql.all(ScanSqlTest::noPlaceholders)).isEqualTo("SELECT \"a\" FROM \"t\"");
    }

    private static String noPlaceholders(Placeholder placeholder) {
        throw new AssertionError("no place " + placeholder + " in a table");
    }
}
