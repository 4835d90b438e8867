package com.evolvishub.cdc.payload;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Operation;

/** {@code message_format: json}: an object of the row's columns, nothing for a row that is gone. */
final class ColumnsPayload implements PayloadForm {

    @Override
    public boolean write(ChangeRow row, RowForm form, LineCells cells, JsonBytes json)
            throws PayloadException {
        if (row.operation() == Operation.DELETE) {
            return false;
        }
        form.row(cells, json);
        return true;
    }
}
