package com.evolvishub.cdc.planner.sql;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Finds {@code LIMIT}, {@code FETCH FIRST} and {@code OFFSET} in a user's query. A poll of {@code
 * query} or {@code watermark} mode reads new rows once: rows that such a clause cuts off are below
 * the position of the next poll and are never read.
 *
 * <p>{@code LIMIT ALL}, {@code LIMIT NULL}, {@code LIMIT :batch_size} (which is set to all rows),
 * {@code OFFSET 0} and a limit over an ungrouped aggregate cut nothing off.
 *
 * @param outer clauses that cut rows off the result of the query
 * @param inner clauses in subqueries and common table expressions, which may be intended
 */
public record LimitClauses(List<String> outer, List<String> inner) {

    private static final Set<String> AGGREGATES =
            Set.of(
                    "array_agg",
                    "avg",
                    "bit_and",
                    "bit_or",
                    "bool_and",
                    "bool_or",
                    "count",
                    "every",
                    "json_agg",
                    "json_object_agg",
                    "jsonb_agg",
                    "jsonb_object_agg",
                    "max",
                    "min",
                    "string_agg",
                    "sum");

    private static final Set<String> SET_OPERATIONS = Set.of("union", "intersect", "except");

    public LimitClauses {
        outer = List.copyOf(outer);
        inner = List.copyOf(inner);
    }

    /** The clauses in a query; none in an empty one. */
    public static LimitClauses in(String sql) {
        Objects.requireNonNull(sql, "sql");
        return sql.isEmpty()
                ? new LimitClauses(List.of(), List.of())
                : new Scan(PollQueryParser.tokens(sql)).run();
    }

    /** The kinds of parentheses. */
    private enum Level {
        /** The whole query, or a branch of a set operation. */
        BRANCH,
        SUBQUERY,
        EXPRESSION
    }

    private static final class Scan {
        private final List<SqlToken> tokens;
        private final Deque<Level> levels = new ArrayDeque<>();
        private final List<String> outer = new ArrayList<>();
        private final List<String> inner = new ArrayList<>();
        private boolean aggregates;
        private boolean groups;
        private boolean inSelectList = true;

        private Scan(List<SqlToken> tokens) {
            this.tokens = tokens;
        }

        private LimitClauses run() {
            for (int i = 0; i < tokens.size(); i++) {
                SqlToken token = tokens.get(i);
                if (token.is("(")) {
                    levels.push(level(i));
                } else if (token.is(")") && !levels.isEmpty()) {
                    levels.pop();
                } else if (isClause(i)) {
                    (isOuter() ? outer : inner).add(clause(i));
                } else {
                    updateContext(i);
                }
            }
            return new LimitClauses(aggregates && !groups ? List.of() : outer, inner);
        }

        private Level level(int at) {
            boolean selects = at(at + 1).is("select", "with", "values", "table", "(");
            if (!selects) {
                return Level.EXPRESSION;
            }
            SqlToken before = at(at - 1);
            boolean branch =
                    isOuter()
                            && (at == 0
                                    || before.is("(")
                                    || SET_OPERATIONS.contains(before.word())
                                    || (before.is("all", "distinct")
                                            && SET_OPERATIONS.contains(at(at - 2).word())));
            return branch ? Level.BRANCH : Level.SUBQUERY;
        }

        private boolean isOuter() {
            return levels.stream().allMatch(level -> level == Level.BRANCH);
        }

        /** These keywords are names only in quotes, after a dot or after AS. */
        private boolean isClause(int at) {
            SqlToken token = tokens.get(at);
            if (at(at - 1).is(".", "as")) {
                return false;
            }
            if (token.is("fetch")) {
                return at(at + 1).is("first", "next");
            }
            if (token.is("offset")) {
                return !at(at + 1).is("0", "null");
            }
            return token.is("limit")
                    && !(at(at + 1).is("all", "null", ":batch_size") && endsAfterArgument(at));
        }

        /** Whether the argument of the clause is a single token, not a longer expression. */
        private boolean endsAfterArgument(int at) {
            SqlToken next = at(at + 2);
            return next.text().isEmpty() || next.is(")", "offset", "for", "union");
        }

        private String clause(int at) {
            StringBuilder text = new StringBuilder();
            int end = tokens.get(at).is("fetch") ? at + 3 : at + 2;
            for (int i = at; i < end && !at(i).is(")"); i++) {
                text.append(i == at ? "" : " ").append(at(i).text());
            }
            return text.toString().stripTrailing();
        }

        private void updateContext(int at) {
            SqlToken token = tokens.get(at);
            if (levels.contains(Level.SUBQUERY)) {
                return;
            }
            if (isOuter() && token.is("from")) {
                inSelectList = false;
            }
            groups |=
                    token.is("group", "having", "over")
                            || (isOuter() && SET_OPERATIONS.contains(token.word()));
            aggregates |= inSelectList && AGGREGATES.contains(token.word()) && at(at + 1).is("(");
        }

        private SqlToken at(int index) {
            return index >= 0 && index < tokens.size() ? tokens.get(index) : new SqlToken("", "");
        }
    }
}
