package com.evolvishub.cdc.formats.json.value;

import com.evolvishub.cdc.formats.message.MessageEncodingException;
import java.util.List;

/**
 * Encodes a composite value as a JSON object of its fields by name. If the fields are unknown, or
 * their number differs from the value's (the type was changed after its definition was read), it is
 * an array of the fields' texts in order: nothing is lost, and no value gets the name of another
 * field.
 */
final class CompositeEncoder implements ValueEncoder {

    private static final ValueEncoder TEXT = ScalarEncoders::text;

    private final boolean isKnown;
    private final byte[][] members;
    private final ValueEncoder[] encoders;
    private final ScratchBuffer buffer = new ScratchBuffer();

    /**
     * A field of a composite.
     *
     * @param encoder encodes its values
     */
    record Field(String name, ValueEncoder encoder) {}

    /** Encodes a composite with unknown fields. */
    CompositeEncoder() {
        this(false, List.of());
    }

    CompositeEncoder(List<Field> fields) {
        this(true, fields);
    }

    private CompositeEncoder(boolean isKnown, List<Field> fields) {
        this.isKnown = isKnown;
        members =
                fields.stream()
                        .map(field -> RowEncoder.memberName(field.name()))
                        .toArray(byte[][]::new);
        encoders = fields.stream().map(Field::encoder).toArray(ValueEncoder[]::new);
    }

    @Override
    public void write(byte[] text, int from, int to, JsonWriter json)
            throws MessageEncodingException {
        if (to - from < 2 || text[from] != '(' || text[to - 1] != ')') {
            throw new MessageEncodingException("a composite value is not in parentheses");
        }
        int start = from + 1;
        int end = to - 1;
        if (isKnown && encoders.length == 0 && start == end) {
            json.ascii("{}");
        } else if (isKnown && encoders.length == count(text, start, end)) {
            object(text, start, end, json);
        } else {
            array(text, start, end, json);
        }
    }

    private void object(byte[] text, int from, int end, JsonWriter json)
            throws MessageEncodingException {
        int at = from - 1;
        for (int i = 0; i < encoders.length; i++) {
            json.ascii(i == 0 ? '{' : ',');
            json.raw(members[i]);
            at = field(text, at + 1, end, encoders[i], json);
        }
        json.ascii('}');
    }

    private void array(byte[] text, int from, int end, JsonWriter json)
            throws MessageEncodingException {
        json.ascii('[');
        int at = field(text, from, end, TEXT, json);
        while (at < end) {
            json.ascii(',');
            at = field(text, at + 1, end, TEXT, json);
        }
        json.ascii(']');
    }

    /**
     * Returns the number of fields: commas outside quotes plus one. A doubled quote toggles the
     * state twice.
     */
    private static int count(byte[] text, int from, int end) {
        int count = 1;
        boolean quoted = false;
        for (int at = from; at < end; at++) {
            switch (text[at]) {
                case '"' -> quoted = !quoted;
                case '\\' -> at++;
                case ',' -> count += quoted ? 0 : 1;
                default -> {}
            }
        }
        return count;
    }

    /** Writes one field. Returns the position of the comma after it, or the end. */
    private int field(byte[] text, int from, int end, ValueEncoder encoder, JsonWriter json)
            throws MessageEncodingException {
        if (from == end || text[from] == ',') {
            json.nullValue();
            return from;
        }
        byte[] unquoted = buffer.atLeast(end - from);
        int length = 0;
        boolean quoted = false;
        int at = from;
        while (at < end && (quoted || text[at] != ',')) {
            byte b = text[at];
            if (b == '"') {
                boolean doubled = quoted && at + 1 < end && text[at + 1] == '"';
                if (doubled) {
                    unquoted[length++] = b;
                    at++;
                } else {
                    quoted = !quoted;
                }
            } else {
                if (b == '\\' && at + 1 < end) {
                    at++;
                }
                unquoted[length++] = text[at];
            }
            at++;
        }
        if (quoted) {
            throw new MessageEncodingException("a quoted field of the composite value has no end");
        }
        encoder.write(unquoted, 0, length, json);
        return at;
    }
}
