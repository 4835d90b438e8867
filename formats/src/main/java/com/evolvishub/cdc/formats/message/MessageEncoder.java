package com.evolvishub.cdc.formats.message;

import com.evolvishub.cdc.runtime.row.ChangeRow;

/**
 * Makes messages of rows. Stateless as to rows: the same row gives the same bytes, on every replay.
 * Used by one thread.
 */
public interface MessageEncoder {

    /**
     * The row as a message.
     *
     * @param row numbered by delivery
     * @throws MessageEncodingException if a cell of it has no form in the message; the message
     *     names the column and what was found, never the whole cell
     */
    EncodedMessage encode(ChangeRow row) throws MessageEncodingException;
}
