package com.evolvishub.cdc.planner.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LimitClausesTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "SELECT * FROM t LIMIT 100|LIMIT 100",
                "select * from t limit 100 -- all|limit 100",
                "SELECT * FROM t ORDER BY a FETCH FIRST 10 ROWS ONLY|FETCH FIRST 10",
                "SELECT * FROM t FETCH NEXT ROW ONLY|FETCH NEXT ROW",
                "SELECT * FROM t OFFSET 5|OFFSET 5",
                "(SELECT * FROM t LIMIT 3)|LIMIT 3",
                "((SELECT * FROM t LIMIT 3))|LIMIT 3",
                "(SELECT * FROM t LIMIT 3) UNION ALL (SELECT * FROM u)|LIMIT 3",
                "(SELECT * FROM t) UNION ALL (SELECT * FROM u LIMIT 4)|LIMIT 4",
                "WITH a AS (SELECT 1) SELECT * FROM a LIMIT 2|LIMIT 2",
                "SELECT * FROM t LIMIT :batch_size + 1|LIMIT :batch_size",
                "SELECT * FROM t LIMIT (SELECT 5)|LIMIT (",
                "SELECT k, max(v) FROM t GROUP BY k LIMIT 5|LIMIT 5",
                "SELECT k, (SELECT max(v) FROM u) FROM t LIMIT 5|LIMIT 5",
                "SELECT max(v) OVER () FROM t LIMIT 5|LIMIT 5",
                "SELECT max(v) FROM t UNION SELECT 1 LIMIT 5|LIMIT 5"
            })
    void findsClausesThatCutOffRows(String sql, String clause) {
        assertThat(LimitClauses.in(sql).outer()).containsExactly(clause);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT * FROM t",
                "SELECT * FROM t LIMIT ALL",
                "SELECT * FROM t LIMIT NULL OFFSET 0",
                "SELECT * FROM t LIMIT :batch_size",
                "SELECT * FROM t LIMIT :batch_size OFFSET 0",
                "SELECT * FROM t LIMIT :batch_size;",
                "SELECT t.limit, a AS limit, \"limit\" FROM t",
                "SELECT 'LIMIT 5', $$LIMIT 5$$ FROM t -- LIMIT 5",
                "SELECT max(v), count(*) FROM t LIMIT 1",
                "SELECT coalesce(max(v), 0) FROM t LIMIT 1",
                "SELECT fetch_size, limits FROM t"
            })
    void ignoresClausesThatCutOffNothing(String sql) {
        assertThat(LimitClauses.in(sql).outer()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT * FROM (SELECT * FROM t LIMIT 9) x|LIMIT 9",
                "WITH a AS (SELECT * FROM t LIMIT 9) SELECT * FROM a|LIMIT 9",
                "SELECT (SELECT v FROM u ORDER BY v LIMIT 1) FROM t|LIMIT 1"
            })
    void separatesClausesInSubqueries(String sql, String clause) {
        assertThat(LimitClauses.in(sql).outer()).isEmpty();
        assertThat(LimitClauses.in(sql).inner()).containsExactly(clause);
    }
}
