package com.evolvishub.cdc.formats.json;

import com.evolvishub.cdc.formats.json.value.CopyLineCells;
import com.evolvishub.cdc.formats.json.value.JsonWriter;
import com.evolvishub.cdc.formats.json.value.RowEncoder;
import com.evolvishub.cdc.formats.message.MessageEncodingException;
import com.evolvishub.cdc.runtime.row.ChangeRow;

/** Encodes the payload of a message. Used by one thread. */
public interface PayloadEncoder {

    /**
     * Appends the payload.
     *
     * @param cells the row's columns; for a delete only its key
     * @return false if the message has no payload; nothing is appended
     */
    boolean write(ChangeRow row, RowEncoder encoder, CopyLineCells cells, JsonWriter json)
            throws MessageEncodingException;
}
