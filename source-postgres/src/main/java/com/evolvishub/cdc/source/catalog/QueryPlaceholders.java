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
 * The places of a user's query, each with the type that the database gives it. An untyped literal
 * would be cut short by a {@code date}, lose its offset in a {@code timestamp} and turn into an
 * interval before {@code - interval '5 min'}; so each literal carries the type of its place.
 */
public final class QueryPlaceholders {

    private static final String TIME = "timestamptz";

    /**
     * What a batch size stands for: everything. Rows come in one stream, in pages of our own. Were
     * a query's LIMIT bound to a page, the rows behind it would be lost, or a diff would take them
     * for deleted.
     */
    private static final String ALL_ROWS = String.valueOf(Long.MAX_VALUE);

    private final PollQuery query;
    private final List<String> types;

    private QueryPlaceholders(PollQuery query, List<String> types) {
        this.query = query;
        this.types = List.copyOf(types);
    }

    /**
     * Asks for the types of a query's places.
     *
     * @throws SQLException if the database cannot tell them
     */
    public static QueryPlaceholders parsed(SourceSession session, PollQuery query)
            throws SQLException {
        int places = count(query);
        if (places == 0) {
            return new QueryPlaceholders(query, List.of());
        }
        List<String> types =
                new QueryDescriber(session).placeholderTypes(parameterized(query), places);
        return new QueryPlaceholders(
                query, types.stream().map(type -> type.equals("interval") ? TIME : type).toList());
    }

    /**
     * Of a query for which the database cannot tell them, such as {@code date_trunc('hour', ?)}: a
     * time is what nearly every query means.
     */
    public static QueryPlaceholders untyped(PollQuery query) {
        return new QueryPlaceholders(query, Collections.nCopies(count(query), TIME));
    }

    private static int count(PollQuery query) {
        return (int) query.parts().stream().filter(Placeholder.LAST_SYNC::equals).count();
    }

    /** To the driver a question mark is a parameter, two of them are the operator. */
    private static String parameterized(PollQuery query) {
        return query.parts().stream()
                .map(
                        part ->
                                part instanceof PollQuery.Text text
                                        ? text.sql().replace("?", "??")
                                        : part == Placeholder.BATCH_SIZE ? ALL_ROWS : "?")
                .collect(Collectors.joining());
    }

    /** The types that {@link #literals} will ask a value for; one for each place, in order. */
    public List<String> types() {
        return types;
    }

    /** The query with a typed NULL at each place: good for being described. */
    public String sample() {
        Iterator<String> type = types.iterator();
        return query.render(
                place -> place == Placeholder.LAST_SYNC ? "NULL::" + type.next() : ALL_ROWS);
    }

    /**
     * Fills the places, once: for one rendering of the query.
     *
     * @param valueOf the value as the text of a type
     */
    public Function<Placeholder, String> literals(UnaryOperator<String> valueOf) {
        List<String> rest = new ArrayList<>(types);
        return place -> {
            if (place == Placeholder.BATCH_SIZE) {
                return ALL_ROWS;
            }
            String type = rest.remove(0);
            return SqlLiteral.quote(valueOf.apply(type)) + "::" + type;
        };
    }
}
