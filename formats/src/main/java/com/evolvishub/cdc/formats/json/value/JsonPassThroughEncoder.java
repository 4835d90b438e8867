package com.evolvishub.cdc.formats.json.value;

import com.evolvishub.cdc.formats.message.MessageEncodingException;

/**
 * Writes {@code json} and {@code jsonb} unchanged, but on one line: the server has validated them,
 * and control characters can only occur between tokens.
 */
final class JsonPassThroughEncoder implements ValueEncoder {

    /**
     * Maximum nesting depth. The message adds a few levels; many JSON readers reject more than
     * 1000.
     */
    static final int MAX_DEPTH = 990;

    @Override
    public void write(byte[] text, int from, int to, JsonWriter json)
            throws MessageEncodingException {
        int depth = 0;
        int copied = from;
        boolean inString = false;
        for (int i = from; i < to; i++) {
            byte b = text[i];
            if (b >= 0 && b < ' ') {
                json.raw(text, copied, i);
                json.ascii(' ');
                copied = i + 1;
            } else if (b == '"') {
                inString = !inString;
            } else if (inString) {
                if (b == '\\') {
                    i++;
                }
            } else if (b == '{' || b == '[') {
                if (++depth > MAX_DEPTH) {
                    throw new MessageEncodingException(
                            "JSON nested more than %d levels deep, which readers of messages refuse"
                                    .formatted(MAX_DEPTH));
                }
            } else if (b == '}' || b == ']') {
                depth--;
            }
        }
        json.raw(text, copied, to);
    }
}
