package com.evolvishub.cdc.payload;

/**
 * A composite value as a JSON array of its fields, in order, each the server's text of it or null:
 * a row's schema knows neither names nor types of a composite's fields.
 */
final class CompositeForm implements ValueForm {

    private final Scratch scratch = new Scratch();

    @Override
    public void write(byte[] text, int from, int to, JsonBytes json) throws PayloadException {
        if (to - from < 2 || text[from] != '(' || text[to - 1] != ')') {
            throw new PayloadException("a composite value is not in parentheses");
        }
        json.ascii('[');
        int end = to - 1;
        int at = from + 1;
        while (true) {
            at = field(text, at, end, json);
            if (at == end) {
                break;
            }
            json.ascii(',');
            at++;
        }
        json.ascii(']');
    }

    /** Ends at the comma behind the field, or at the end. */
    private int field(byte[] text, int from, int end, JsonBytes json) throws PayloadException {
        if (from == end || text[from] == ',') {
            json.nothing();
            return from;
        }
        byte[] unquoted = scratch.room(end - from);
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
            throw new PayloadException("a quoted field of the composite value has no end");
        }
        json.string(unquoted, 0, length);
        return at;
    }
}
