package com.evolvishub.cdc.planner.sql;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.sql.PollQuery.Placeholder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PollQueryParserTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    SELECT %(last_sync)s           | SELECT <LAST_SYNC>
                    SELECT :last_sync              | SELECT <LAST_SYNC>
                    SELECT a>:last_sync::date      | SELECT a><LAST_SYNC>::date
                    SELECT a LIMIT :batch_size     | SELECT a LIMIT <BATCH_SIZE>
                    SELECT (:last_sync)            | SELECT (<LAST_SYNC>)
                    SELECT ARRAY[:last_sync, a]    | SELECT ARRAY[<LAST_SYNC>, a]
                    SELECT array [[1],[:last_sync]] | SELECT array [[1],[<LAST_SYNC>]]
                    SELECT a[f(:batch_size):2]     | SELECT a[f(<BATCH_SIZE>):2]
                    SELECT 5 %% 2                  | SELECT 5 % 2
                    SELECT 1'x' :last_sync         | SELECT 1'x' <LAST_SYNC>
                    """)
    void findsPlaceholders(String sql, String expected) {
        assertThat(rendered(sql)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 'it''s :last_sync %(last_sync)s %%'",
                "SELECT E'it\\'s :last_sync', e'\\\\'",
                "SELECT E'a'\n  -- and\n  'b\\' :last_sync'",
                "SELECT U&'\\0041 :last_sync'",
                "SELECT \"a\"\":last_sync\" FROM t",
                "SELECT 1 -- :last_sync ; it's\n+ 2",
                "SELECT 1 /* :last_sync /* it's */ %(x)s ; */ + 2",
                "SELECT $$ :last_sync ' $$, $a$ :last_sync $$ $b$ $a$",
                "SELECT foo$1, f(a := 1), b::int, a %(b)",
                "SELECT a[1:last_sync], a[:batch_size], (b)[x:last_sync]",
                "SELECT :last_synced, :other, :last_sync1, 'a' :x",
                "SELECT ':last_sync' || '%(last_sync)s'",
                "SELECT 7 %(n + 1) FROM t WHERE a % b = 0"
            })
    void leavesOtherTextUnchanged(String sql) {
        var parsed = PollQueryParser.parse(sql);

        assertThat(parsed.problems()).isEmpty();
        assertThat(parsed.query().parts()).containsExactly(new PollQuery.Text(sql));
    }

    @ParameterizedTest
    @ValueSource(strings = {";", " ;", "; ", ";\n-- done\n", "; /* ; */ ;;", ";;"})
    void removesATrailingSemicolon(String end) {
        assertThat(rendered("SELECT ':;' FROM t" + end).stripTrailing())
                .isEqualTo("SELECT ':;' FROM t");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    SELECT %(lastsync)s     | unknown parameter %(lastsync)s; known are %(last_sync)s, :last_sync and :batch_size (line 1 of the query)
                    SELECT $1               | a numbered parameter like $1 cannot be bound; known are %(last_sync)s, :last_sync and :batch_size (line 1 of the query)
                    SELECT 1; DELETE FROM t | a second statement starts here; one query is all a mapping can have (line 1 of the query)
                    SELECT (1;)             | a second statement starts here; one query is all a mapping can have (line 1 of the query)
                    SELECT 'a               | a string is never closed (line 1 of the query)
                    SELECT E'a\\'           | a string is never closed (line 1 of the query)
                    SELECT "a               | a quoted name is never closed (line 1 of the query)
                    SELECT 1 /* /* */       | a comment is never closed (line 1 of the query)
                    SELECT $a$ $b$          | a dollar-quoted string is never closed (line 1 of the query)
                    SELECT 1) x, (SELECT 2  | a ")" closes nothing (line 1 of the query)
                    SELECT a[1              | a "[" is never closed (line 1 of the query)
                    ;                       | the query is empty
                    -- nothing              | the query is empty
                    """)
    void reportsInvalidQueries(String sql, String problem) {
        assertThat(PollQueryParser.parse(sql).problems()).contains(problem);
    }

    @Test
    void reportsTheLineOfAProblem() {
        assertThat(PollQueryParser.parse("SELECT 1,\n\n  %(x)s").problems())
                .singleElement()
                .asString()
                .endsWith("(line 3 of the query)");
    }

    @Test
    void keepsATrailingComment() {
        assertThat(rendered("SELECT 1 -- one")).isEqualTo("SELECT 1 -- one");
    }

    private static String rendered(String sql) {
        var parsed = PollQueryParser.parse(sql);
        assertThat(parsed.problems()).isEmpty();
        return parsed.query().render((Placeholder placeholder) -> "<" + placeholder + ">");
    }
}
