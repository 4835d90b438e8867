package com.evolvishub.cdc.connectors.postgres;

import java.util.List;

/**
 * A dead letter as its table holds it.
 *
 * @param operation code of its {@link com.evolvishub.cdc.flow.Operation}
 * @param columns names at the destination; of a delete the key's alone
 * @param values text of each, null for NULL
 * @param key names of the key's columns; empty: none
 * @param rowId our id of a row without a key, in hexadecimal; empty: none
 * @param superseded why a newer version may be there; empty: none is
 */
record StoredLetter(
        char operation,
        List<String> columns,
        List<String> values,
        List<String> key,
        String rowId,
        String superseded) {

    RowIdentity identity() {
        if (!key.isEmpty()) {
            return RowIdentity.KEY;
        }
        return rowId.isEmpty() ? RowIdentity.NONE : RowIdentity.ROW_ID;
    }
}
