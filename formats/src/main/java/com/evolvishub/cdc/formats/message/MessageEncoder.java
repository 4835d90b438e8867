package com.evolvishub.cdc.formats.message;

import com.evolvishub.cdc.runtime.row.ChangeRow;

/**
 * Encodes rows as messages. The result depends only on the row: the same row has the same bytes on
 * every replay. Used by one thread.
 */
public interface MessageEncoder {

    /**
     * Encodes a row.
     *
     * @param row with its sequence number
     * @throws MessageEncodingException if a cell cannot be encoded; the message names the column
     *     and the problem, never the complete cell
     */
    EncodedMessage encode(ChangeRow row) throws MessageEncodingException;
}
