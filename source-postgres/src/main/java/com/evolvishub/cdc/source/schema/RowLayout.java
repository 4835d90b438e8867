package com.evolvishub.cdc.source.schema;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The positions of key and watermark in the lines of a read. Used by one thread. */
public final class RowLayout {

    private final RowSchema schema;
    private final int watermark;
    private final OversizedRowHandler largeRows;
    private final Operation operation;
    private int[] bounds;
    private int[] boundsBefore;
    private byte[] line = CopyText.EMPTY;
    private byte[] lineBefore = CopyText.EMPTY;
    private boolean hasTieFlags;
    private byte[] tie = CopyText.EMPTY;

    /**
     * @param watermark index of the watermark column; -1: there is none
     * @param largeRows handles rows that are too large
     */
    public RowLayout(RowSchema schema, int watermark, OversizedRowHandler largeRows) {
        this.schema = schema;
        this.largeRows = largeRows;
        this.watermark = watermark;
        this.operation = schema.isKeyed() ? Operation.UPSERT : Operation.INSERT;
        int lastCell = watermark;
        for (int key : schema.key()) {
            lastCell = Math.max(lastCell, key);
        }
        this.bounds = new int[lastCell + 2];
        this.boundsBefore = new int[lastCell + 2];
    }

    public RowSchema schema() {
        return schema;
    }

    public OversizedRowHandler largeRows() {
        return largeRows;
    }

    /** The columns to select, in order. */
    public List<String> columns() {
        return schema.columns().stream().map(Column::name).toList();
    }

    public List<String> key() {
        return schema.keyColumns().stream().map(Column::name).toList();
    }

    /**
     * From here on each line has a tie flag of the database. Rows of a tie get the first text
     * representation of its watermark.
     *
     * @param before COPY text of the watermark before the first row
     */
    public void enableTieFlags(byte[] before) {
        hasTieFlags = true;
        tie = before;
    }

    public boolean hasTieFlags() {
        return hasTieFlags;
    }

    /** The line as a row, in the tie of the row before it or in a new one: see {@link #row}. */
    public Optional<ChangeRow> row(byte[] next, boolean sameTie) {
        Optional<ChangeRow> row = row(next);
        if (row.isEmpty()) {
            return row;
        }
        if (!sameTie) {
            tie = row.get().watermark();
        }
        return Optional.of(ChangeRow.of(operation, schema, line, tie));
    }

    /** The line as a row; empty if a key cell is NULL, so that no key identifies the row. */
    public Optional<ChangeRow> row(byte[] next) {
        lineBefore = line;
        line = next;
        int[] reused = boundsBefore;
        boundsBefore = bounds;
        bounds = reused;
        findCells();
        for (int key : schema.key()) {
            if (isNull(key)) {
                return Optional.empty();
            }
        }
        byte[] watermarkText =
                watermark < 0
                        ? CopyText.EMPTY
                        : Arrays.copyOfRange(line, bounds[watermark], bounds[watermark + 1] - 1);
        return Optional.of(ChangeRow.of(operation, schema, line, watermarkText));
    }

    /**
     * Whether the last row has the same watermark and key as the row before it. Sorted by both,
     * duplicates are adjacent.
     */
    public boolean repeatsKey() {
        if (watermark < 0 || !schema.isKeyed() || lineBefore.length == 0) {
            return false;
        }
        boolean same = isSame(watermark);
        for (int i = 0; i < schema.key().size() && same; i++) {
            same = isSame(schema.key().get(i));
        }
        return same;
    }

    private boolean isSame(int cell) {
        return Arrays.equals(
                line,
                bounds[cell],
                bounds[cell + 1] - 1,
                lineBefore,
                boundsBefore[cell],
                boundsBefore[cell + 1] - 1);
    }

    /** Parses the line only up to the last cell of key and watermark. */
    private void findCells() {
        int cell = 1;
        for (int i = 0; cell < bounds.length; i++) {
            if (i == line.length || line[i] == '\t') {
                bounds[cell++] = i + 1;
            }
        }
    }

    private boolean isNull(int cell) {
        int from = bounds[cell];
        return bounds[cell + 1] - 1 - from == 2 && line[from] == '\\' && line[from + 1] == 'N';
    }
}
