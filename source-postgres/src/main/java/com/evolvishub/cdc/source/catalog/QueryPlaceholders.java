package com.evolvishub.cdc.source.catalog;

import com.evolvishub.cdc.planner.sql.PollQuery;
import com.evolvishub.cdc.planner.sql.PollQuery.Placeholder;
import com.evolvishub.cdc.planner.sql.SqlLiteral;
import com.evolvishub.cdc.source.session.SourceSession;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The placeholders of a user's query, each with the type that the database infers. An untyped
 * literal would be truncated by a {@code date}, lose its offset in a {@code timestamp}, and become
 * an interval before {@code - interval '5 min'}; so each literal is cast to the type of its
 * placeholder.
 */
public final class QueryPlaceholders {

    private static final String DEFAULT_TYPE = "timestamptz";

    /**
     * The value of a batch size: all rows. Rows are read as one stream and split into pages here.
     * If a query's LIMIT were the page size, the rows after it would be lost, or a diff would treat
     * them as deleted.
     */
    private static final String ALL_ROWS = String.valueOf(Long.MAX_VALUE);

    private final PollQuery query;
    private final List<String> types;

    private QueryPlaceholders(PollQuery query, List<String> types) {
        this.query = query;
        this.types = List.copyOf(types);
    }

    /**
     * Queries the types of a query's placeholders.
     *
     * @throws SQLException if the database cannot infer them
     */
    public static QueryPlaceholders parsed(SourceSession session, PollQuery query)
            throws SQLException {
        int count = count(query);
        if (count == 0) {
            return new QueryPlaceholders(query, List.of());
        }
        List<String> types =
                new QueryDescriber(session).placeholderTypes(parameterized(query), count);
        return new QueryPlaceholders(
                query,
                types.stream().map(type -> type.equals("interval") ? DEFAULT_TYPE : type).toList());
    }

    /**
     * For a query whose placeholder types the database cannot infer, such as {@code
     * date_trunc('hour', ?)}: assumes a time, which nearly every query means.
     */
    public static QueryPlaceholders untyped(PollQuery query) {
        return new QueryPlaceholders(query, Collections.nCopies(count(query), DEFAULT_TYPE));
    }

    private static int count(PollQuery query) {
        return (int) query.parts().stream().filter(Placeholder.LAST_SYNC::equals).count();
    }

    /** The driver reads one question mark as a parameter, two as the operator. */
    private static String parameterized(PollQuery query) {
        return query.parts().stream()
                .map(
                        part ->
                                part instanceof PollQuery.Text text
                                        ? text.sql().replace("?", "??")
                                        : part == Placeholder.BATCH_SIZE ? ALL_ROWS : "?")
                .collect(Collectors.joining());
    }

    /**
     * The types for which {@link #literals} requests a value; one for each placeholder, in order.
     */
    public List<String> types() {
        return types;
    }

    /** The query with a typed NULL at each placeholder, for describing it. */
    public String sample() {
        Iterator<String> type = types.iterator();
        return query.render(
                placeholder ->
                        placeholder == Placeholder.LAST_SYNC ? "NULL::" + type.next() : ALL_ROWS);
    }

    /**
     * Returns the literals of the placeholders, for one rendering of the query.
     *
     * @param valueOf the value as the text of a type
     */
    public Function<Placeholder, String> literals(UnaryOperator<String> valueOf) {
        List<String> remaining = new ArrayList<>(types);
        return placeholder -> {
            if (placeholder == Placeholder.BATCH_SIZE) {
                return ALL_ROWS;
            }
            String type = remaining.remove(0);
            return SqlLiteral.quote(valueOf.apply(type)) + "::" + type;
        };
    }
}
