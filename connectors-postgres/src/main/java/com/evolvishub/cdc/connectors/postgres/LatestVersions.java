package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.delivery.BadRowException;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.CopyText;
import com.evolvishub.cdc.flow.Operation;
import com.evolvishub.cdc.flow.RowSchema;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Of each key in a batch its last version: one statement may touch a row only once. */
final class LatestVersions {

    private final RowSchema schema;
    private final RowIdentity identity;

    LatestVersions(RowSchema schema, RowIdentity identity) {
        this.schema = schema;
        this.identity = identity;
    }

    /**
     * @throws BadRowException if a row's key holds NULL
     */
    Collection<ChangeRow> of(List<ChangeRow> rows) throws BadRowException {
        Map<ByteBuffer, ChangeRow> latest = new HashMap<>(rows.size() * 2);
        for (ChangeRow row : rows) {
            latest.put(ByteBuffer.wrap(key(row)), row);
        }
        return latest.size() == rows.size() ? rows : latest.values();
    }

    private byte[] key(ChangeRow row) throws BadRowException {
        if (identity == RowIdentity.ROW_ID) {
            return row.rowId();
        }
        byte[] key = row.operation() == Operation.DELETE ? row.line() : keyOf(row.line());
        if (holdsNull(key)) {
            throw new BadRowException("a column of the key is NULL", null);
        }
        return key;
    }

    /** Only the key's cells are copied: the others may be large. */
    private byte[] keyOf(byte[] line) {
        return CopyText.join(
                schema.key().stream().map(position -> CopyText.cell(line, position)).toList());
    }

    /** Whether a cell is {@code \N}: only NULL puts an N behind an odd backslash. */
    private static boolean holdsNull(byte[] cells) {
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
