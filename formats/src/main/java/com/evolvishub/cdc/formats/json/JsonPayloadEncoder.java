package com.evolvishub.cdc.formats.json;

import com.evolvishub.cdc.formats.json.value.CopyLineCells;
import com.evolvishub.cdc.formats.json.value.JsonWriter;
import com.evolvishub.cdc.formats.json.value.RowEncoder;
import com.evolvishub.cdc.formats.message.MessageEncodingException;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Operation;

/** {@code message_format: json}: an object of the row's columns, and no payload for a delete. */
public final class JsonPayloadEncoder implements PayloadEncoder {

    @Override
    public boolean write(ChangeRow row, RowEncoder encoder, CopyLineCells cells, JsonWriter json)
            throws MessageEncodingException {
        if (row.operation() == Operation.DELETE) {
            return false;
        }
        encoder.row(cells, json);
        return true;
    }
}
