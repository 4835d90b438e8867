package com.evolvishub.cdc.connectors.postgres.deadletter;

import com.evolvishub.cdc.connectors.postgres.table.RowKeyKind;
import java.util.List;

/**
 * A dead letter as its table holds it.
 *
 * @param operation code of its {@link com.evolvishub.cdc.runtime.row.Operation}
 * @param columns names at the destination; of a delete the key's alone
 * @param values text of each, null for NULL
 * @param key names of the key's columns; empty: none
 * @param rowId our id of a row without a key, in hexadecimal; empty: none
 * @param superseded why a newer version may be there; empty: none is
 */
record StoredDeadLetter(
        char operation,
        List<String> columns,
        List<String> values,
        List<String> key,
        String rowId,
        String superseded) {

    RowKeyKind identity() {
        if (!key.isEmpty()) {
            return RowKeyKind.KEY;
        }
        return rowId.isEmpty() ? RowKeyKind.NONE : RowKeyKind.ROW_ID;
    }
}
