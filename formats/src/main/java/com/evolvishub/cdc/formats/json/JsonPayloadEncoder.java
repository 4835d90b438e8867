package com.evolvishub.cdc.formats.json;

import com.evolvishub.cdc.formats.json.value.CopyLineCells;
import com.evolvishub.cdc.formats.json.value.JsonWriter;
import com.evolvishub.cdc.formats.json.value.RowEncoder;
import com.evolvishub.cdc.formats.message.MessageEncodingException;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Operation;

/** {@code message_format: json}: an object of the row's columns, nothing for a row that is gone. */
public final class JsonPayloadEncoder implements PayloadEncoder {

    @Override
    public boolean write(ChangeRow row, RowEncoder form, CopyLineCells cells, JsonWriter json)
            throws MessageEncodingException {
        if (row.operation() == Operation.DELETE) {
            return false;
        }
        form.row(cells, json);
        return true;
    }
}
