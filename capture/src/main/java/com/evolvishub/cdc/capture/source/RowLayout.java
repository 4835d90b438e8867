package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Column;
import com.evolvishub.cdc.flow.CopyText;
import com.evolvishub.cdc.flow.Operation;
import com.evolvishub.cdc.flow.RowSchema;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Where things stand in the lines of a read. Used by one thread. */
final class RowLayout {

    private final RowSchema schema;
    private final int watermark;
    private final Operation operation;
    private final int[] bounds;

    /**
     * @param watermark the watermark's place among the columns; -1: there is none
     */
    RowLayout(RowSchema schema, int watermark) {
        this.schema = schema;
        this.watermark = watermark;
        this.operation = schema.isKeyed() ? Operation.UPSERT : Operation.INSERT;
        int furthest = watermark;
        for (int key : schema.key()) {
            furthest = Math.max(furthest, key);
        }
        this.bounds = new int[furthest + 2];
    }

    RowSchema schema() {
        return schema;
    }

    /** The columns to ask for, in order. */
    List<String> columns() {
        return schema.columns().stream().map(Column::name).toList();
    }

    List<String> key() {
        return schema.keyColumns().stream().map(Column::name).toList();
    }

    /** The line as a row; nothing if a cell of its key is NULL, so that no other row is like it. */
    Optional<ChangeRow> row(byte[] line) {
        findCells(line);
        for (int key : schema.key()) {
            if (isNull(line, key)) {
                return Optional.empty();
            }
        }
        byte[] mark =
                watermark < 0
                        ? CopyText.EMPTY
                        : Arrays.copyOfRange(line, bounds[watermark], bounds[watermark + 1] - 1);
        return Optional.of(ChangeRow.of(operation, schema, line, mark));
    }

    /** Only as far as key and watermark stand. */
    private void findCells(byte[] line) {
        int cell = 1;
        for (int i = 0; cell < bounds.length; i++) {
            if (i == line.length || line[i] == '\t') {
                bounds[cell++] = i + 1;
            }
        }
    }

    private boolean isNull(byte[] line, int cell) {
        int from = bounds[cell];
        return bounds[cell + 1] - 1 - from == 2 && line[from] == '\\' && line[from + 1] == 'N';
    }
}
