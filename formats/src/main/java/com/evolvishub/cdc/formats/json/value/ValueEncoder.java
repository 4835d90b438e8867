package com.evolvishub.cdc.formats.json.value;

import com.evolvishub.cdc.formats.message.MessageEncodingException;

/** How the values of one type look in JSON. Used by one thread. */
interface ValueEncoder {

    /**
     * Appends a value that is not NULL.
     *
     * @param text holds the value's text as the server's output function gives it, no longer
     *     escaped, in UTF-8
     * @param from where the value begins
     * @param to behind its last byte
     * @throws MessageEncodingException if it has no form; the message neither names the column nor
     *     quotes the value
     */
    void write(byte[] text, int from, int to, JsonWriter json) throws MessageEncodingException;
}
