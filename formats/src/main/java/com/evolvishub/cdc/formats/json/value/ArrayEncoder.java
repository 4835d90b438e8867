package com.evolvishub.cdc.formats.json.value;

import com.evolvishub.cdc.formats.message.MessageEncodingException;

/**
 * Encodes an array as nested JSON arrays, one level per dimension. Lower bounds other than 1 are
 * dropped: JSON cannot express them. A value of a domain that is not an array in braces is encoded
 * as a string.
 */
final class ArrayEncoder implements ValueEncoder {

    private final ValueEncoder element;
    private final char delimiter;
    private final ScratchBuffer buffer = new ScratchBuffer();

    /**
     * @param delimiter the element type's delimiter, {@code pg_type.typdelim}
     */
    ArrayEncoder(ValueEncoder element, char delimiter) {
        this.element = element;
        this.delimiter = delimiter;
    }

    @Override
    public void write(byte[] text, int from, int to, JsonWriter json)
            throws MessageEncodingException {
        int at = from;
        if (at < to && text[at] == '[') {
            // [0:1][-2:3]={...}
            while (at < to && text[at] != '=') {
                at++;
            }
            at++;
        }
        if (at >= to || text[at] != '{') {
            json.string(text, from, to);
            return;
        }
        int depth = 0;
        boolean afterValue = false;
        do {
            byte b = text[at];
            boolean closes = b == '}';
            boolean separates = b == delimiter;
            if (afterValue != (closes || separates) && !(closes && text[at - 1] == '{')) {
                throw new MessageEncodingException(
                        "the array is not made of elements with \"%c\" in between"
                                .formatted(delimiter));
            }
            if (b == '{') {
                json.ascii('[');
                depth++;
                at++;
            } else if (closes) {
                json.ascii(']');
                depth--;
                at++;
                afterValue = true;
            } else if (separates) {
                json.ascii(',');
                at++;
                afterValue = false;
            } else {
                at = b == '"' ? quoted(text, at, to, json) : unquoted(text, at, to, json);
                afterValue = true;
            }
        } while (at < to && depth > 0);
        if (depth != 0 || at != to) {
            throw new MessageEncodingException("the array's braces do not match");
        }
    }

    private int unquoted(byte[] text, int from, int to, JsonWriter json)
            throws MessageEncodingException {
        int at = from;
        while (at < to && text[at] != delimiter && text[at] != '}') {
            at++;
        }
        if (isNull(text, from, at)) {
            json.nullValue();
        } else {
            element.write(text, from, at, json);
        }
        return at;
    }

    private int quoted(byte[] text, int from, int to, JsonWriter json)
            throws MessageEncodingException {
        byte[] unescaped = buffer.atLeast(to - from);
        int length = 0;
        int at = from + 1;
        while (at < to && text[at] != '"') {
            if (text[at] == '\\' && at + 1 < to) {
                at++;
            }
            unescaped[length++] = text[at++];
        }
        if (at == to) {
            throw new MessageEncodingException("a quoted element of the array has no end");
        }
        element.write(unescaped, 0, length, json);
        return at + 1;
    }

    /** Whether the element is NULL. The text NULL itself would be quoted. */
    private static boolean isNull(byte[] text, int from, int to) {
        return to - from == 4
                && text[from] == 'N'
                && text[from + 1] == 'U'
                && text[from + 2] == 'L'
                && text[from + 3] == 'L';
    }
}
