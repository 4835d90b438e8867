package com.evolvishub.cdc.quickstart;

import com.evolvishub.cdc.testing.postgres.Database;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A comparison of a view with its table by row count and one hash over the view's columns. The
 * order of rows and of the table's columns does not matter.
 *
 * @param source content of the view
 * @param destination content of the table
 */
public record TableComparison(CustomerViews.Pair pair, Content source, Content destination) {

    /**
     * The content of one side.
     *
     * @param rows number of rows; -1 if the table or a column does not exist
     * @param hash sixteen hex digits, or why there is none
     */
    public record Content(long rows, String hash) {}

    /** Reads both sides now. Rows that change during the comparison show up as differences. */
    public static TableComparison of(CustomerViews views, CustomerViews.Pair pair) {
        List<String> columns = columns(views.source(), pair.view());
        if (columns.isEmpty()) {
            throw new IllegalStateException(views.source() + " has no view " + pair.view());
        }
        List<String> existing = columns(views.destination(), pair.table());
        List<String> missing = columns.stream().filter(name -> !existing.contains(name)).toList();
        return new TableComparison(
                pair,
                content(views.source(), pair.view(), columns),
                existing.isEmpty()
                        ? new Content(-1, "no such table")
                        : missing.isEmpty()
                                ? content(views.destination(), pair.table(), columns)
                                : new Content(-1, "no column " + String.join(", ", missing)));
    }

    /** Whether both sides hold the same rows. */
    public boolean equal() {
        return source.equals(destination);
    }

    private static List<String> columns(Database database, String relation) {
        return database
                .queryAll(
                        "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = to_regclass('"
                                + relation
                                + "') AND attnum > 0 AND NOT attisdropped ORDER BY attnum")
                .stream()
                .map(row -> row.get(0))
                .toList();
    }

    private static Content content(Database database, String relation, List<String> columns) {
        String cells =
                columns.stream().map(column -> column + "::text").collect(Collectors.joining(", "));
        // a sum of hashes does not depend on the order of rows and counts a duplicate twice
        List<String> row =
                database.queryAll(
                                "SELECT count(*), lpad(to_hex((coalesce(sum(('x' || left(md5(ROW("
                                        + cells
                                        + ")::text), 16))::bit(64)::bigint), 0)"
                                        + " % 9223372036854775807)::bigint), 16, '0') FROM "
                                        + relation)
                        .get(0);
        return new Content(Long.parseLong(row.get(0)), row.get(1));
    }
}
