package com.evolvishub.cdc.formats.json.value;

import com.evolvishub.cdc.formats.message.MessageEncodingException;

/** Encodes the values of one type as JSON. Used by one thread. */
interface ValueEncoder {

    /**
     * Appends a value that is not NULL.
     *
     * @param text contains the value as the server's output function prints it, unescaped, in UTF-8
     * @param from start of the value
     * @param to end of the value, exclusive
     * @throws MessageEncodingException if the value cannot be encoded; the message neither names
     *     the column nor quotes the value
     */
    void write(byte[] text, int from, int to, JsonWriter json) throws MessageEncodingException;
}
