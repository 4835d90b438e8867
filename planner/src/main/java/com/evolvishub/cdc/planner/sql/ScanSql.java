package com.evolvishub.cdc.planner.sql;

import com.evolvishub.cdc.planner.sql.PollQuery.Placeholder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Builds the SELECT statements of a mapping, for polls and for {@code explain}.
 *
 * <p>Names are quoted here; literals are quoted by the caller. The caller passes only existing
 * columns of the relation: an unqualified name that is not a column could mean the whole row of a
 * table of that name.
 */
public final class ScanSql {

    private final Relation relation;
    private final String columns;
    private final List<String> key;

    /** Ends the ORDER BY of a statement that is displayed before the key is resolved. */
    private final String unresolvedKey;

    private final String join;

    /** Appended to the watermark in each comparison and in ORDER BY. */
    private final String collate;

    /**
     * @param relation what is read
     * @param columns source columns to select, in order; never one that must not leave the source
     * @param key source columns that identify a row; empty: none
     */
    public ScanSql(Relation relation, List<String> columns, List<String> key) {
        this(relation, list(columns), key, "", "", "");
    }

    private ScanSql(
            Relation relation,
            String columns,
            List<String> key,
            String unresolvedKey,
            String join,
            String collate) {
        this.relation = Objects.requireNonNull(relation, "relation");
        this.columns = Objects.requireNonNull(columns, "columns");
        this.key = List.copyOf(key);
        this.unresolvedKey = Objects.requireNonNull(unresolvedKey, "openKey");
        this.join = Objects.requireNonNull(join, "join");
        this.collate = Objects.requireNonNull(collate, "collate");
    }

    /**
     * Statements over a relation whose columns are not resolved yet, for display only.
     *
     * @param columns displayed in place of the SELECT list
     * @param key source columns that identify a row, if the file names them
     * @param keyKnown false: the ORDER BY ends in {@code <key>}
     */
    public static ScanSql unresolved(
            Relation relation, String columns, List<String> key, boolean keyKnown) {
        return new ScanSql(relation, columns, key, keyKnown ? "" : ", <key>", "", "");
    }

    /**
     * The columns that order the rows of a watermark scan, one for each literal of {@link
     * ScanRange#resume}: the watermark, then the key without it.
     */
    public static List<String> position(String watermark, List<String> key) {
        List<String> position = new ArrayList<>();
        position.add(watermark);
        key.stream().filter(column -> !column.equals(watermark)).forEach(position::add);
        return List.copyOf(position);
    }

    /**
     * The rows of a range in the order of watermark and key.
     *
     * <p>Take the range {@code (10:00, 10:05]}. A row at 10:00 is not in it: the lower bound is
     * exclusive, rows at it were read before. Of two rows at 10:03 with the keys 7 and 8, when the
     * read stopped after key 7, the resumed read asks for {@code (watermark, key) >= (10:03, 7)}
     * and gets key 8 flagged true and key 7 again flagged false, because another row that compares
     * equal to it, such as 'A' and 'a' of a citext, may not have been read yet. A row at 10:05 is
     * in it: the upper bound is inclusive, and the next range starts above it. Without a key the
     * resumed read asks for {@code watermark >= 10:03} and gets the whole tie again; change
     * detection drops the rows that were sent before.
     *
     * <p>A range with lookback, {@code [9:50, 10:05]} where 10:00 was the highest watermark read,
     * reads rows again: those from 9:50 to 10:00 are flagged false and compared with what was sent,
     * the row at 10:03 is flagged true.
     *
     * <p>A row without a watermark is in no range: NULL satisfies no comparison, and a range
     * without bounds requires IS NOT NULL.
     *
     * @param literals literals for the placeholders of a user's query; see {@link PollQuery#render}
     * @throws IllegalArgumentException if a resume position is neither the watermark alone nor
     *     watermark and whole key
     */
    public String range(String watermark, ScanRange range, Function<Placeholder, String> literals) {
        String column = compared(watermark);
        List<String> position = positions(watermark);
        List<String> conditions = new ArrayList<>();
        if (!range.lower().isEmpty()) {
            conditions.add(column + (range.lowerIncluded() ? " >= " : " > ") + range.lower());
        }
        if (!range.initial().isEmpty() && !range.initial().equals(range.lower())) {
            conditions.add(column + " > " + range.initial());
        }
        if (!range.upTo().isEmpty()) {
            conditions.add(column + " <= " + range.upTo());
        }
        range.futureBound()
                .filter(bound -> !bound.flagged())
                .ifPresent(bound -> conditions.add(bound.pastCondition(column)));
        if (!range.resume().isEmpty()) {
            conditions.add(resume(position, range.resume()));
        }
        if (conditions.isEmpty()) {
            conditions.add(column + " IS NOT NULL");
        }
        String flag =
                range.newRowsAfter().isEmpty()
                        ? ""
                        : "(%s), ".formatted(compared(position, ">", range.newRowsAfter()));
        return select(flag + ties(column, position, range.ties()) + future(column, range), literals)
                + " WHERE "
                + String.join(" AND ", conditions)
                + " ORDER BY "
                + String.join(", ", position)
                + unresolvedKey;
    }

    /** All rows of the table or of the user's query, unordered. */
    public String all(Function<Placeholder, String> literals) {
        return select("", literals);
    }

    /**
     * The rows of given keys that {@link #range} does not return: below its lower bound or before
     * the position where it resumes.
     *
     * @param keys literals of the key columns, for each row
     */
    public String lookup(
            String watermark,
            ScanRange range,
            List<List<String>> keys,
            Function<Placeholder, String> literals) {
        String column = compared(watermark);
        String outside =
                range.resume().isEmpty()
                        ? column + (range.lowerIncluded() ? " < " : " <= ") + range.lower()
                        : compared(positions(watermark), "<", range.resume());
        String keyRows =
                keys.stream()
                        .map(values -> "(" + String.join(", ", values) + ")")
                        .collect(Collectors.joining(", "));
        String initial =
                range.initial().isEmpty() ? "" : " AND " + column + " > " + range.initial();
        return select("", literals)
                + " WHERE (%s) IN (%s) AND %s%s".formatted(list(key), keyRows, outside, initial);
    }

    /** Rows whose watermark is NULL, unordered. */
    public String withoutWatermark(String watermark, Function<Placeholder, String> literals) {
        return select("", literals) + " WHERE " + SqlIdentifier.quote(watermark) + " IS NULL";
    }

    /**
     * Counts two kinds of rows: those whose watermark is NULL, and those whose watermark is above a
     * bound.
     *
     * @param upTo the bound, quoted; empty: the second count is 0
     */
    public String countOutsideRange(
            String watermark, String upTo, Function<Placeholder, String> literals) {
        String column = compared(watermark);
        String count =
                "(SELECT pg_catalog.count(*) FROM " + from(relation, literals) + " WHERE " + column;
        return "SELECT "
                + count
                + " IS NULL), "
                + (upTo.isEmpty() ? "0" : count + " > " + upTo + ")");
    }

    /** The FROM item: the table's name, or the user's query in parentheses. */
    public static String from(Relation relation, Function<Placeholder, String> literals) {
        if (relation instanceof Relation.Query query) {
            // the newline ends a comment that the query may end with
            return "(" + query.query().render(literals) + "\n) q";
        }
        Relation.Table table = (Relation.Table) relation;
        return SqlIdentifier.quote(table.schema(), table.name());
    }

    /** The same statements, without the cells of rows that are too large. */
    public ScanSql withSizeGuard(RowSizeGuard rows) {
        return new ScanSql(relation, rows.selectList(), key, unresolvedKey, rows.join(), collate);
    }

    /** The same statements, with the text watermark compared byte by byte. */
    public ScanSql withByteOrder() {
        return new ScanSql(relation, columns, key, unresolvedKey, join, " COLLATE \"C\"");
    }

    private String select(String flag, Function<Placeholder, String> literals) {
        return "SELECT " + flag + columns + " FROM " + from(relation, literals) + join;
    }

    private String resume(List<String> position, List<String> literals) {
        if (key.isEmpty() && literals.size() == 1) {
            return compared(position, ">=", literals);
        }
        if (literals.size() != position.size()) {
            throw new IllegalArgumentException(
                    "a resume position of %d values for the columns %s"
                            .formatted(literals.size(), position));
        }
        // a row constructor also for one column, so that the statement is the same for every key
        return "(" + String.join(", ", position) + ") >= (" + String.join(", ", literals) + ")";
    }

    private static String future(String column, ScanRange range) {
        return range.futureBound()
                .filter(FutureBound::flagged)
                .map(bound -> "(%s), ".formatted(bound.futureCondition(column)))
                .orElse("");
    }

    private String ties(String column, List<String> position, ScanRange.Ties ties) {
        if (!ties.flagged()) {
            return "";
        }
        String before =
                "pg_catalog.lag(%s) OVER (ORDER BY %s)"
                        .formatted(column, String.join(", ", position) + unresolvedKey);
        return "coalesce(%s = %s, false), "
                .formatted(
                        column,
                        ties.first().isEmpty()
                                ? before
                                : "coalesce(%s, %s)".formatted(before, ties.first()));
    }

    /** Compares the watermark alone, or the whole position. */
    private static String compared(List<String> position, String operator, List<String> literals) {
        return literals.size() == 1
                ? position.get(0) + " " + operator + " " + literals.get(0)
                : "(%s) %s (%s)"
                        .formatted(
                                String.join(", ", position), operator, String.join(", ", literals));
    }

    private String compared(String watermark) {
        return SqlIdentifier.quote(watermark) + collate;
    }

    /** The columns of {@link #position}, as SQL. */
    private List<String> positions(String watermark) {
        List<String> quoted = new ArrayList<>();
        quoted.add(compared(watermark));
        position(watermark, key).stream().skip(1).map(SqlIdentifier::quote).forEach(quoted::add);
        return quoted;
    }

    public static String list(List<String> names) {
        return names.stream().map(SqlIdentifier::quote).collect(Collectors.joining(", "));
    }
}
