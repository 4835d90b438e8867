package com.evolvishub.cdc.connectors.postgres.deadletter;

import com.evolvishub.cdc.connectors.postgres.table.RowKeyKind;
import java.util.List;

/**
 * A dead letter as its table stores it.
 *
 * @param operation code of its {@link com.evolvishub.cdc.runtime.row.Operation}
 * @param columns names at the destination; for a delete only the key's
 * @param values text of each; null for NULL
 * @param key names of the key columns; empty: none
 * @param rowId our row id of a row without a key, in hexadecimal; empty: none
 * @param superseded why a newer version may exist; empty: none does
 */
record StoredDeadLetter(
        char operation,
        List<String> columns,
        List<String> values,
        List<String> key,
        String rowId,
        String superseded) {

    RowKeyKind keyKind() {
        if (!key.isEmpty()) {
            return RowKeyKind.KEY;
        }
        return rowId.isEmpty() ? RowKeyKind.NONE : RowKeyKind.ROW_ID;
    }
}
