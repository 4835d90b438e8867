package com.evolvishub.cdc.formats.json.value;

import java.nio.charset.StandardCharsets;

/** Encoders of scalar values. */
final class ScalarEncoders {

    private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);

    private ScalarEncoders() {}

    /** Writes the server's text as a string. */
    static void text(byte[] text, int from, int to, JsonWriter json) {
        json.string(text, from, to);
    }

    /**
     * Writes the digits as the server printed them. A value that is not a JSON number is written as
     * a string: NaN, the infinities, and values of a domain over {@code money} or {@code regclass}.
     */
    static void number(byte[] text, int from, int to, JsonWriter json) {
        if (isNumber(text, from, to)) {
            json.raw(text, from, to);
        } else {
            json.string(text, from, to);
        }
    }

    /** Whether the text is a number in JSON's grammar. */
    private static boolean isNumber(byte[] text, int from, int to) {
        int at = from < to && text[from] == '-' ? from + 1 : from;
        int whole = digits(text, at, to);
        if (whole == at || (text[at] == '0' && whole > at + 1)) {
            return false;
        }
        at = whole;
        if (at < to && text[at] == '.') {
            int fraction = digits(text, at + 1, to);
            if (fraction == at + 1) {
                return false;
            }
            at = fraction;
        }
        if (at < to && (text[at] == 'e' || text[at] == 'E')) {
            at++;
            if (at < to && (text[at] == '+' || text[at] == '-')) {
                at++;
            }
            int exponent = digits(text, at, to);
            if (exponent == at) {
                return false;
            }
            at = exponent;
        }
        return at == to;
    }

    private static int digits(byte[] text, int from, int to) {
        int at = from;
        while (at < to && text[at] >= '0' && text[at] <= '9') {
            at++;
        }
        return at;
    }

    /** Writes {@code t} and {@code f} as true and false. */
    static void bool(byte[] text, int from, int to, JsonWriter json) {
        if (to - from == 1 && text[from] == 't') {
            json.raw(TRUE);
        } else if (to - from == 1 && text[from] == 'f') {
            json.raw(FALSE);
        } else {
            json.string(text, from, to);
        }
    }
}
