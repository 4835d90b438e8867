package com.evolvishub.cdc.source.facts;

import com.evolvishub.cdc.planner.catalog.Catalog.PollBounds;
import com.evolvishub.cdc.planner.catalog.Catalog.PollCost;
import com.evolvishub.cdc.planner.catalog.Catalog.PollCost.Kind;
import com.evolvishub.cdc.planner.catalog.Catalog.PollFactsRequest;
import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.source.catalog.DomainBaseTypes;
import com.evolvishub.cdc.source.facts.RangeQueryPlan.Filtered;
import com.evolvishub.cdc.source.facts.RangeQueryPlan.IndexProbe;
import com.evolvishub.cdc.source.session.SourceErrorClassifier;
import com.evolvishub.cdc.source.session.SourceSession;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Estimates the cost of a poll that finds no rows, from the server's plan. A sequential scan of a
 * small table is the right plan today; to see the plan for a larger table, sequential scans are
 * disabled.
 */
final class EmptyPollCostEstimator {

    private static final String TYPE =
            """
            SELECT t.oid, t.typtype, t.typcategory FROM pg_catalog.pg_type t
            WHERE t.oid = ?::regtype
            """;

    private static final String FIRST_COLUMN =
            """
            SELECT pg_catalog.pg_get_indexdef(i.indexrelid, 1, true)
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
            JOIN pg_catalog.pg_am a ON a.oid = c.relam
            WHERE c.relname = ? AND a.amname = 'btree'
            """;

    private final SourceSession session;

    /** Uses {@code session}, which must not have an open transaction. */
    EmptyPollCostEstimator(SourceSession session) {
        this.session = session;
    }

    PollCost cost(PollFactsRequest question) throws SQLException {
        try {
            return session.inTransaction(() -> costOf(question));
        } catch (SQLException failure) {
            if (session.isUsable()) {
                return new PollCost(
                        Kind.UNKNOWN, SourceErrorClassifier.toException(failure).getMessage());
            }
            throw failure;
        }
    }

    private PollCost costOf(PollFactsRequest question) throws SQLException {
        session.execute(
                "SET LOCAL enable_seqscan TO off;"
                        + " SET LOCAL max_parallel_workers_per_gather TO 0;"
                        + " SET LOCAL lock_timeout TO '5s'");
        Optional<PollBounds> bounds = bounds(question.watermarkType());
        if (bounds.isEmpty()) {
            return new PollCost(Kind.UNKNOWN, "nothing is known of " + question.watermarkType());
        }
        return toCost(plan(question.statement().apply(bounds.get()), bounds.get()));
    }

    /** The bounds of a range that is empty or nearly empty in most tables. */
    private Optional<PollBounds> bounds(String typeName) throws SQLException {
        SqlType type = DomainBaseTypes.of(session, type(typeName));
        return switch (type.oid()) {
            case 1184 -> Optional.of(times("timestamptz"));
            case 1114 -> Optional.of(times("timestamp"));
            case 1082 -> {
                String today = session.askForText("SELECT current_date::text").orElseThrow();
                yield Optional.of(new PollBounds(today, today, "date"));
            }
            case 21 -> Optional.of(new PollBounds("32765", "", "smallint"));
            case 23 -> Optional.of(new PollBounds("2147483645", "", "integer"));
            case 20, 1700, 5069 ->
                    Optional.of(new PollBounds("9223372036854775805", "", type.name()));
            case 2950 ->
                    Optional.of(new PollBounds("fffffffe-fffe-7ffe-bffe-fffffffffffe", "", "uuid"));
            default ->
                    type.category() == 'S'
                            ? Optional.of(new PollBounds("~~~evolvishub-cdc", "", type.name()))
                            : Optional.empty();
        };
    }

    private PollBounds times(String type) throws SQLException {
        // six digits without a trailing zero: the server prints the text unchanged
        String lower =
                "(pg_catalog.date_trunc('second', pg_catalog.now()) + interval '123457 microseconds')::"
                        + type;
        return new PollBounds(
                session.askForText("SELECT (%s)::text".formatted(lower)).orElseThrow(),
                session.askForText("SELECT (%s + interval '5 s')::text".formatted(lower))
                        .orElseThrow(),
                type);
    }

    private SqlType type(String name) throws SQLException {
        try (PreparedStatement statement = session.connection().prepareStatement(TYPE)) {
            statement.setString(1, name);
            try (ResultSet found = statement.executeQuery()) {
                found.next();
                return new SqlType(
                        (int) found.getLong(1),
                        name,
                        found.getString(2).charAt(0),
                        found.getString(3).charAt(0));
            }
        }
    }

    private RangeQueryPlan plan(String select, PollBounds bounds) throws SQLException {
        List<String> text = new ArrayList<>();
        try (Statement statement = session.connection().createStatement()) {
            statement.setEscapeProcessing(false);
            try (ResultSet found = statement.executeQuery("EXPLAIN (COSTS OFF) " + select)) {
                while (found.next()) {
                    text.add(found.getString(1));
                }
            }
        }
        return RangeQueryPlan.parse(text, bounds.lower());
    }

    private PollCost toCost(RangeQueryPlan plan) throws SQLException {
        Optional<Filtered> filtered = plan.filtered();
        if (filtered.isPresent()) {
            return new PollCost(Kind.SCAN, reason(filtered.get()));
        }
        for (IndexProbe probe : plan.probes()) {
            List<String> first = firstColumns(probe.name());
            if (!first.isEmpty() && first.stream().noneMatch(one -> isIn(one, probe.condition()))) {
                return new PollCost(
                        Kind.SCAN,
                        "index %s begins with %s, which the condition does not name"
                                .formatted(probe.name(), first.get(0)));
            }
        }
        if (!plan.probes().isEmpty()) {
            String names =
                    String.join(
                            ", ", plan.probes().stream().map(IndexProbe::name).distinct().toList());
            return new PollCost(Kind.PROBE, names);
        }
        if (plan.isEmpty()) {
            return new PollCost(Kind.PROBE, "the server knows that nothing can be there");
        }
        return new PollCost(
                Kind.UNKNOWN,
                plan.has("Foreign Scan")
                        ? "the foreign server decides"
                        : "the server's plan does not show the condition");
    }

    private List<String> firstColumns(String index) throws SQLException {
        List<String> columns = new ArrayList<>();
        try (PreparedStatement statement = session.connection().prepareStatement(FIRST_COLUMN)) {
            statement.setString(1, index);
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    columns.add(found.getString(1));
                }
            }
        }
        return columns;
    }

    private static boolean isIn(String column, String condition) {
        return Pattern.compile("(?<![\\w\"])" + Pattern.quote(column) + "(?![\\w\"])")
                .matcher(condition)
                .find();
    }

    private static String reason(Filtered filtered) {
        String title = filtered.node().title();
        String operand = filtered.operand();
        if (title.contains("Aggregate") || title.equals("Group")) {
            return operand + " is known only once all rows are grouped";
        }
        if (title.contains("Join") || title.startsWith("Nested Loop")) {
            return operand + " is made of columns of several tables";
        }
        if (title.startsWith("Subquery Scan") || title.startsWith("CTE Scan")) {
            return "the server cannot push the condition on %s into %s%s"
                    .formatted(operand, relation(title), inner(filtered));
        }
        return title.contains("Scan") && title.contains(" on ")
                ? "no index on %s finds %s".formatted(relation(title), operand)
                : "the server compares %s in a step of its own (%s)".formatted(operand, title);
    }

    private static String inner(Filtered filtered) {
        if (filtered.node().below().isEmpty()) {
            return "";
        }
        String below = filtered.node().below().get(0).title();
        return below.equals("Limit")
                ? " (Limit), and what its LIMIT cuts off before the condition is applied is never sent"
                : " (%s)".formatted(below);
    }

    private static String relation(String title) {
        return title.substring(title.lastIndexOf(" on ") + 4);
    }
}
