package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Column;
import com.evolvishub.cdc.flow.CopyText;
import com.evolvishub.cdc.flow.Operation;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.flow.SqlType;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A dead letter as its table holds it.
 *
 * @param operation code of its {@link Operation}
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

    // what types the values have is the destination's business
    private static final SqlType UNTOLD = new SqlType(0, "", 'b', 'X');

    RowIdentity identity() {
        if (!key.isEmpty()) {
            return RowIdentity.KEY;
        }
        return rowId.isEmpty() ? RowIdentity.NONE : RowIdentity.ROW_ID;
    }

    RowSchema schema() {
        return new RowSchema(
                columns.stream().map(name -> new Column(name, name, UNTOLD, true)).toList(),
                key.stream().map(columns::indexOf).toList());
    }

    /** The row as the lane had it. */
    ChangeRow row() {
        List<byte[]> cells = new ArrayList<>();
        for (String value : values) {
            cells.add(value == null ? CopyText.nullCell() : CopyText.escape(value));
        }
        return ChangeRow.of(
                        operation == Operation.DELETE.code() ? Operation.DELETE : Operation.UPSERT,
                        schema(),
                        CopyText.join(cells),
                        CopyText.EMPTY)
                .withRowId(HexFormat.of().parseHex(rowId));
    }
}
