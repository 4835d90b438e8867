package com.evolvishub.cdc.payload;

import com.evolvishub.cdc.flow.ChangeRow;

/** What a message says of its row. Used by one thread. */
interface PayloadForm {

    /**
     * Appends the payload.
     *
     * @param cells of this row: its columns', or its key's if it is gone
     * @return false, and nothing is appended: the message has no payload
     */
    boolean write(ChangeRow row, RowForm form, LineCells cells, JsonBytes json)
            throws PayloadException;
}
