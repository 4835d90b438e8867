package com.evolvishub.cdc.payload;

/** How the values of one type look in JSON. Used by one thread. */
interface ValueForm {

    /**
     * Appends a value that is not NULL.
     *
     * @param text holds the value's text as the server's output function gives it, no longer
     *     escaped, in UTF-8
     * @param from where the value begins
     * @param to behind its last byte
     * @throws PayloadException if it has no form; the message neither names the column nor quotes
     *     the value
     */
    void write(byte[] text, int from, int to, JsonBytes json) throws PayloadException;
}
