package com.evolvishub.cdc.payload;

import com.evolvishub.cdc.flow.ChangeRow;

/**
 * Makes messages of rows. Stateless as to rows: the same row gives the same bytes, on every replay.
 * Used by one thread.
 */
public interface MessageEncoder {

    /**
     * The row as a message.
     *
     * @param row numbered by delivery
     * @throws PayloadException if a cell of it has no form in the message; the message names the
     *     column and what was found, never the whole cell
     */
    BusMessage encode(ChangeRow row) throws PayloadException;
}
