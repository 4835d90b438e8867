package com.evolvishub.cdc.formats.json.value;

import com.evolvishub.cdc.formats.message.MessageEncodingException;

/**
 * {@code json} and {@code jsonb} as they are, in one line: the server has checked them, and
 * whatever is below a space can only stand between tokens.
 */
final class JsonPassThroughEncoder implements ValueEncoder {

    /** The message adds a few levels; readers commonly refuse more than 1000. */
    static final int DEEPEST = 990;

    @Override
    public void write(byte[] text, int from, int to, JsonWriter json)
            throws MessageEncodingException {
        int depth = 0;
        int plain = from;
        boolean inString = false;
        for (int i = from; i < to; i++) {
            byte b = text[i];
            if (b >= 0 && b < ' ') {
                json.raw(text, plain, i);
                json.ascii(' ');
                plain = i + 1;
            } else if (b == '"') {
                inString = !inString;
            } else if (inString) {
                if (b == '\\') {
                    i++;
                }
            } else if (b == '{' || b == '[') {
                if (++depth > DEEPEST) {
                    throw new MessageEncodingException(
                            "JSON nested more than %d levels deep, which readers of messages refuse"
                                    .formatted(DEEPEST));
                }
            } else if (b == '}' || b == ']') {
                depth--;
            }
        }
        json.raw(text, plain, to);
    }
}
