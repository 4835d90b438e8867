package com.evolvishub.cdc.formats.json.value;

import com.evolvishub.cdc.formats.message.MessageEncodingException;
import java.util.List;

/**
 * A composite value as a JSON object of its fields by name. Where the fields are not known, or are
 * not as many as the value has (the type was changed between the look at it and the read), it is an
 * array of their texts in order: nothing is lost, and no value stands under another's name.
 */
final class CompositeEncoder implements ValueEncoder {

    private static final ValueEncoder TEXT = ScalarEncoders::text;

    private final boolean isKnown;
    private final byte[][] members;
    private final ValueEncoder[] forms;
    private final ScratchBuffer scratch = new ScratchBuffer();

    /**
     * A field of a composite.
     *
     * @param form how its values look
     */
    record Field(String name, ValueEncoder form) {}

    /** Of a composite whose fields nobody knows. */
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
        forms = fields.stream().map(Field::form).toArray(ValueEncoder[]::new);
    }

    @Override
    public void write(byte[] text, int from, int to, JsonWriter json)
            throws MessageEncodingException {
        if (to - from < 2 || text[from] != '(' || text[to - 1] != ')') {
            throw new MessageEncodingException("a composite value is not in parentheses");
        }
        int start = from + 1;
        int end = to - 1;
        if (isKnown && forms.length == 0 && start == end) {
            json.ascii("{}");
        } else if (isKnown && forms.length == count(text, start, end)) {
            object(text, start, end, json);
        } else {
            array(text, start, end, json);
        }
    }

    private void object(byte[] text, int from, int end, JsonWriter json)
            throws MessageEncodingException {
        int at = from - 1;
        for (int i = 0; i < forms.length; i++) {
            json.ascii(i == 0 ? '{' : ',');
            json.raw(members[i]);
            at = field(text, at + 1, end, forms[i], json);
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

    /** As many as there are commas outside quotes, and one; a doubled quote ends and begins one. */
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

    /** Ends at the comma behind the field, or at the end. */
    private int field(byte[] text, int from, int end, ValueEncoder form, JsonWriter json)
            throws MessageEncodingException {
        if (from == end || text[from] == ',') {
            json.nullValue();
            return from;
        }
        byte[] unquoted = scratch.atLeast(end - from);
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
        form.write(unquoted, 0, length, json);
        return at;
    }
}
