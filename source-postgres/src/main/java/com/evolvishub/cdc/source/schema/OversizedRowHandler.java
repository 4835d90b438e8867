package com.evolvishub.cdc.source.schema;

import com.evolvishub.cdc.planner.physical.RowSizeLimit;
import com.evolvishub.cdc.planner.spec.BadRowPolicy;
import com.evolvishub.cdc.planner.sql.RowSizeGuard;
import com.evolvishub.cdc.planner.sql.RowSizeGuard.Measure;
import com.evolvishub.cdc.planner.sql.ScanSql;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.source.session.SourceException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles rows larger than {@code max_row_bytes}: their cells are not transferred, and they are
 * reported by key and size. With {@code on_bad_row: dead_letter} they are left out; otherwise the
 * read stops before the first one. A diff always stops: a row left out would count as deleted. Used
 * by the polling thread.
 */
public final class OversizedRowHandler {

    private static final Logger LOG = LoggerFactory.getLogger(OversizedRowHandler.class);
    private static final int MAX_LOGGED = 10;
    private static final int MAX_KEY_CHARS = 100;

    /** Types whose text is never larger than some kilobytes. */
    private static final Set<String> BOUNDED =
            Set.of(
                    "boolean",
                    "smallint",
                    "integer",
                    "bigint",
                    "real",
                    "double precision",
                    "numeric",
                    "money",
                    "date",
                    "uuid",
                    "oid",
                    "inet",
                    "cidr",
                    "macaddr",
                    "macaddr8",
                    "\"char\"",
                    "name",
                    "pg_lsn",
                    "xid",
                    "xid8",
                    "cid",
                    "tid",
                    "point",
                    "line",
                    "lseg",
                    "box",
                    "circle",
                    "int4range",
                    "int8range",
                    "numrange",
                    "tsrange",
                    "tstzrange",
                    "daterange");

    private static final Set<String> TEXTS = Set.of("text", "character varying", "character");
    private static final Pattern SHORT_TEXT =
            Pattern.compile("character(?: varying)?\\((\\d{1,3})\\)");

    private final RowSchema schema;
    private final long bytes;
    private final boolean leavesOut;
    private final RowSizeGuard guard;
    private long leftOut;
    private String first = "";

    /**
     * @param computed whether columns may be expressions
     * @param mayLeaveOut whether the mode may continue without a row
     */
    public OversizedRowHandler(
            RowSchema schema, RowSizeLimit limit, boolean computed, boolean mayLeaveOut) {
        this.schema = schema;
        this.bytes = limit.bytes(Runtime.getRuntime().maxMemory());
        this.leavesOut = mayLeaveOut && limit.onBadRow() == BadRowPolicy.DEAD_LETTER;
        List<Column> columns = schema.columns();
        this.guard =
                new RowSizeGuard(
                        bytes,
                        columns.stream().map(Column::name).toList(),
                        columns.stream().map(column -> measure(column.type())).toList(),
                        computed);
    }

    /** How the size of a type is measured; {@code varchar(80)} is never large. */
    static Measure measure(SqlType type) {
        Matcher length = SHORT_TEXT.matcher(type.base());
        if (length.matches() && Integer.parseInt(length.group(1)) <= 255) {
            return Measure.BOUNDED;
        }
        String name = type.base().replaceAll("\\(\\d+(,-?\\d+)?\\)", "");
        boolean time = name.startsWith("time") && !name.contains("[");
        boolean interval = name.startsWith("interval") && !name.contains("[");
        if (BOUNDED.contains(name) || time || interval || type.kind() == 'e') {
            return Measure.BOUNDED;
        }
        if (TEXTS.contains(name)) {
            return Measure.TEXT;
        }
        return name.equals("bytea") ? Measure.BINARY : Measure.STORED;
    }

    /** Adds the size guard to the statements, whose rows {@link #fullRow} then parses. */
    public ScanSql withSizeGuard(ScanSql sql) {
        return guard.isNeeded() ? sql.withSizeGuard(guard) : sql;
    }

    /** Starts a read. */
    public void begin() {
        leftOut = 0;
        first = "";
    }

    /**
     * The row of a line; empty if it is left out.
     *
     * @param from index in {@code line} at which the row begins
     * @throws SourceException if the row is too large, and must not be left out
     */
    public Optional<byte[]> fullRow(byte[] line, int from) {
        if (!guard.isNeeded()) {
            return Optional.of(from == 0 ? line : Arrays.copyOfRange(line, from, line.length));
        }
        if (line[from] == '\\') {
            // NULL and a tab: the row is not truncated
            return Optional.of(Arrays.copyOfRange(line, from + 3, line.length));
        }
        int end = from;
        while (line[end] != '\t') {
            end++;
        }
        long size = Long.parseLong(new String(line, from, end - from, StandardCharsets.US_ASCII));
        String row = describe(Arrays.copyOfRange(line, end + 1, line.length), size);
        if (!leavesOut) {
            throw SourceException.permanent(
                    "max_row_bytes",
                    row
                            + ". Nothing behind it is read. Take the large column out (exclude_columns), or raise max_row_bytes and give the process 16 times as much heap (JAVA_OPTS=-Xmx…); in the modes watermark and query, on_bad_row: dead_letter leaves such rows out");
        }
        if (leftOut++ == 0) {
            first = row;
        }
        if (leftOut <= MAX_LOGGED) {
            LOG.warn("left out: {}", row);
        }
        return Optional.empty();
    }

    private String describe(byte[] cut, long size) {
        List<String> key = new ArrayList<>();
        for (int position : schema.key()) {
            String cell = new String(CopyText.cell(cut, position), StandardCharsets.UTF_8);
            String shown =
                    cell.equals("\\N")
                            ? "(too large)"
                            : cell.substring(0, Math.min(MAX_KEY_CHARS, cell.length()));
            key.add(schema.columns().get(position).name() + " = " + shown);
        }
        return "a row%s has %,d bytes, more than max_row_bytes (%,d)"
                .formatted(key.isEmpty() ? "" : " (" + String.join(", ", key) + ")", size, bytes);
    }

    /** A human-readable warning about the rows left out since {@link #begin}; empty: none. */
    public String warning() {
        return leftOut == 0
                ? ""
                : "%d rows were left out because they are too large; the first: %s. They arrive once they are smaller, or after --reset with a larger max_row_bytes"
                        .formatted(leftOut, first);
    }
}
