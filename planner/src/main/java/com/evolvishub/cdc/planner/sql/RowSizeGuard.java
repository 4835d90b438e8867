package com.evolvishub.cdc.planner.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Keeps oversize cells at the server. The driver allocates a whole row before the reader sees any
 * of it, so the SELECT itself must omit the cells that make a row too large. An additional first
 * column is NULL, or the size of a row whose cells were omitted.
 *
 * <p>With a limit of L bytes and n columns that may be large, a cell is measured only if it may
 * have more than L/n bytes: cells below that are never too large together. So a usual row costs one
 * cheap comparison per column; only the cells of large rows are converted to text and added up.
 *
 * <p>The size is that of the text that COPY sends: {@code octet_length} of texts, twice that of
 * {@code bytea}, and for other types (documents, arrays) the length of their text if their stored
 * size permits a large one. The text of a compressed value is at most 1024 times its stored size
 * (lz4: 255 times, and four characters for a byte). Tabs, newlines and backslashes count as one
 * character, although COPY sends two.
 */
public final class RowSizeGuard {

    private static final long TEXT_OF_STORED = 1024;

    private final long limit;
    private final List<Cell> cells;
    private final boolean computed;

    /** How the size of a value is measured. */
    public enum Measure {
        /** Never large: not measured. */
        BOUNDED,
        /** Text: its length is known without reading it. */
        TEXT,
        /** Binary: two digits per byte. */
        BINARY,
        /** Anything else: its stored size is known without reading it. */
        STORED
    }

    /** A column of the SELECT list. */
    private record Cell(String column, Measure measure, String value, String alias) {}

    /**
     * Guards a SELECT list.
     *
     * @param limit maximum bytes of a row's text
     * @param columns names in the order of the SELECT list
     * @param measures of the columns, in the same order
     * @param computed whether a column may be an expression (of a view or query): it is then
     *     evaluated once and not at each use
     */
    public RowSizeGuard(
            long limit, List<String> columns, List<Measure> measures, boolean computed) {
        this.limit = limit;
        this.computed = computed;
        List<Cell> all = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            String column = SqlIdentifier.quote(columns.get(i));
            String alias = "\"_cdc_cell_" + i + "\"";
            boolean guarded = measures.get(i) != Measure.BOUNDED;
            all.add(new Cell(column, measures.get(i), computed && guarded ? alias : column, alias));
        }
        this.cells = List.copyOf(all);
    }

    /** Whether any column may be large; if not, nothing is added to the SELECT. */
    public boolean isNeeded() {
        return cells.stream().anyMatch(cell -> cell.measure() != Measure.BOUNDED);
    }

    private List<Cell> guardedCells() {
        return cells.stream().filter(cell -> cell.measure() != Measure.BOUNDED).toList();
    }

    /** The SELECT list: the size of an oversize row, then the columns. */
    String selectList() {
        List<Cell> guardedCells = guardedCells();
        long share = limit / guardedCells.size();
        String total = guardedCells.stream().map(this::size).collect(Collectors.joining(" + "));
        String any =
                guardedCells.stream()
                        .map(cell -> mayBeLarge(cell, share))
                        .collect(Collectors.joining(" OR "));
        List<String> list = new ArrayList<>();
        list.add(
                "CASE WHEN (%1$s) AND %2$s > %3$d THEN %2$s END AS \"_cdc_cut\""
                        .formatted(any, total, limit));
        for (Cell cell : cells) {
            list.add(
                    cell.measure() == Measure.BOUNDED
                            ? cell.column()
                            : "CASE WHEN %s AND %s > %d THEN NULL ELSE %s END AS %s"
                                    .formatted(
                                            mayBeLarge(cell, share),
                                            total,
                                            limit,
                                            cell.value(),
                                            cell.alias()));
        }
        return String.join(", ", list);
    }

    /** The join after the relation in FROM, which evaluates expressions once. */
    String join() {
        if (!computed) {
            return "";
        }
        return guardedCells().stream()
                .map(cell -> cell.column() + " AS " + cell.alias())
                .collect(Collectors.joining(", ", " CROSS JOIN LATERAL (SELECT ", " OFFSET 0) g"));
    }

    private String mayBeLarge(Cell cell, long share) {
        return switch (cell.measure()) {
            case TEXT -> "pg_catalog.octet_length(%s) > %d".formatted(cell.value(), share);
            case BINARY -> "pg_catalog.octet_length(%s) > %d".formatted(cell.value(), share / 2);
            default ->
                    "pg_catalog.pg_column_size(%s) > %d"
                            .formatted(cell.value(), share / TEXT_OF_STORED);
        };
    }

    private String size(Cell cell) {
        String size =
                switch (cell.measure()) {
                    case TEXT -> "pg_catalog.octet_length(%s)".formatted(cell.value());
                    case BINARY ->
                            "2 * pg_catalog.octet_length(%s)::bigint".formatted(cell.value());
                    default -> "pg_catalog.octet_length(%s::text)".formatted(cell.value());
                };
        return "coalesce(%s, 0)::bigint".formatted(size);
    }
}
