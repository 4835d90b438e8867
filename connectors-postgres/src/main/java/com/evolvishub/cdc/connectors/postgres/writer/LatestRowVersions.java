package com.evolvishub.cdc.connectors.postgres.writer;

import com.evolvishub.cdc.connectors.postgres.table.RowKeyKind;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.sink.failure.RowRejectedException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Selects the last version of each key in a batch: one statement may change a row only once. */
final class LatestRowVersions {

    private final RowSchema schema;
    private final RowKeyKind keyKind;

    LatestRowVersions(RowSchema schema, RowKeyKind keyKind) {
        this.schema = schema;
        this.keyKind = keyKind;
    }

    /**
     * @throws RowRejectedException if a row's key holds NULL
     */
    Collection<ChangeRow> of(List<ChangeRow> rows) throws RowRejectedException {
        Map<ByteBuffer, ChangeRow> latest = new HashMap<>(rows.size() * 2);
        for (ChangeRow row : rows) {
            latest.put(ByteBuffer.wrap(key(row)), row);
        }
        return latest.size() == rows.size() ? rows : latest.values();
    }

    private byte[] key(ChangeRow row) throws RowRejectedException {
        if (keyKind == RowKeyKind.ROW_ID) {
            return row.rowId();
        }
        byte[] key = row.operation() == Operation.DELETE ? row.line() : keyOf(row.line());
        if (containsNull(key)) {
            throw new RowRejectedException("a column of the key is NULL", null);
        }
        return key;
    }

    /** Copies only the cells of the key: the others may be large. */
    private byte[] keyOf(byte[] line) {
        return CopyText.join(
                schema.key().stream().map(position -> CopyText.cell(line, position)).toList());
    }

    /** Whether a cell is {@code \N}: only NULL has an N after an unescaped backslash. */
    private static boolean containsNull(byte[] cells) {
        for (int i = 0; i + 1 < cells.length; i++) {
            if (cells[i] == '\\') {
                if (cells[i + 1] == 'N') {
                    return true;
                }
                i++;
            }
        }
        return false;
    }
}
