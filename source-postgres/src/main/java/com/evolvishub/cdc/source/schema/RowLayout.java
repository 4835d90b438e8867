package com.evolvishub.cdc.source.schema;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Where things stand in the lines of a read. Used by one thread. */
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
     * @param watermark the watermark's place among the columns; -1: there is none
     * @param largeRows what becomes of rows that are too large
     */
    public RowLayout(RowSchema schema, int watermark, OversizedRowHandler largeRows) {
        this.schema = schema;
        this.largeRows = largeRows;
        this.watermark = watermark;
        this.operation = schema.isKeyed() ? Operation.UPSERT : Operation.INSERT;
        int furthest = watermark;
        for (int key : schema.key()) {
            furthest = Math.max(furthest, key);
        }
        this.bounds = new int[furthest + 2];
        this.boundsBefore = new int[furthest + 2];
    }

    public RowSchema schema() {
        return schema;
    }

    public OversizedRowHandler largeRows() {
        return largeRows;
    }

    /** The columns to ask for, in order. */
    public List<String> columns() {
        return schema.columns().stream().map(Column::name).toList();
    }

    public List<String> key() {
        return schema.keyColumns().stream().map(Column::name).toList();
    }

    /**
     * From here on the database tells which rows are of one tie: of all its spellings a tie has the
     * first one.
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

    /** The line as a row of the same tie as the one before it, or of another: see {@link #row}. */
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

    /** The line as a row; nothing if a cell of its key is NULL, so that no other row is like it. */
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
        byte[] mark =
                watermark < 0
                        ? CopyText.EMPTY
                        : Arrays.copyOfRange(line, bounds[watermark], bounds[watermark + 1] - 1);
        return Optional.of(ChangeRow.of(operation, schema, line, mark));
    }

    /**
     * Whether the last row has watermark and key of the one before it. In the order of both, two
     * rows of one key and one watermark stand side by side.
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

    /** Only as far as key and watermark stand. */
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
