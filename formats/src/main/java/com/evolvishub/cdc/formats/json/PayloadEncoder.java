package com.evolvishub.cdc.formats.json;

import com.evolvishub.cdc.formats.json.value.CopyLineCells;
import com.evolvishub.cdc.formats.json.value.JsonWriter;
import com.evolvishub.cdc.formats.json.value.RowEncoder;
import com.evolvishub.cdc.formats.message.MessageEncodingException;
import com.evolvishub.cdc.runtime.row.ChangeRow;

/** What a message says of its row. Used by one thread. */
public interface PayloadEncoder {

    /**
     * Appends the payload.
     *
     * @param cells of this row: its columns', or its key's if it is gone
     * @return false, and nothing is appended: the message has no payload
     */
    boolean write(ChangeRow row, RowEncoder form, CopyLineCells cells, JsonWriter json)
            throws MessageEncodingException;
}
