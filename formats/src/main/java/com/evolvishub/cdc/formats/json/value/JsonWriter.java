package com.evolvishub.cdc.formats.json.value;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing buffer of JSON in UTF-8. Escapes strings; does not check syntax. Used by one thread.
 */
public final class JsonWriter {

    private static final int INITIAL_BYTES = 1024;
    private static final int MAX_KEPT_BYTES = 1 << 20;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    /**
     * 0: not escaped; u: escaped as {@code \}{@code u00..}; else the letter after the backslash.
     */
    private static final byte[] ESCAPES = escapes();

    private byte[] bytes = new byte[INITIAL_BYTES];
    private int length;

    /** Clears the content. Releases a buffer that a large row has enlarged. */
    public void clear() {
        length = 0;
        if (bytes.length > MAX_KEPT_BYTES) {
            bytes = new byte[INITIAL_BYTES];
        }
    }

    public byte[] copy() {
        return Arrays.copyOf(bytes, length);
    }

    public void ascii(char c) {
        reserve(1);
        bytes[length++] = (byte) c;
    }

    @SuppressWarnings("deprecation")
    public // intended: the low byte of each char
    void ascii(String text) {
        reserve(text.length());
        text.getBytes(0, text.length(), bytes, length);
        length += text.length();
    }

    public void nullValue() {
        raw(NULL);
    }

    public void raw(byte[] text) {
        raw(text, 0, text.length);
    }

    /** Appends bytes that are JSON already. */
    void raw(byte[] text, int from, int to) {
        reserve(to - from);
        System.arraycopy(text, from, bytes, length, to - from);
        length += to - from;
    }

    /** Appends a number. */
    public void number(long value) {
        ascii(Long.toString(value));
    }

    /** Appends UTF-8 text as a JSON string. */
    public void string(byte[] text, int from, int to) {
        reserve(to - from + 2);
        bytes[length++] = '"';
        int plain = from;
        for (int i = from; i < to; i++) {
            byte b = text[i];
            if (b >= 0 && ESCAPES[b] != 0) {
                raw(text, plain, i);
                escape(b);
                plain = i + 1;
            }
        }
        raw(text, plain, to);
        ascii('"');
    }

    private void escape(byte b) {
        reserve(6);
        bytes[length++] = '\\';
        bytes[length++] = ESCAPES[b];
        if (ESCAPES[b] == 'u') {
            bytes[length++] = '0';
            bytes[length++] = '0';
            bytes[length++] = HEX[b >> 4];
            bytes[length++] = HEX[b & 0xf];
        }
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }

    private static byte[] escapes() {
        byte[] escapes = new byte[128];
        Arrays.fill(escapes, 0, 0x20, (byte) 'u');
        escapes['\b'] = 'b';
        escapes['\f'] = 'f';
        escapes['\n'] = 'n';
        escapes['\r'] = 'r';
        escapes['\t'] = 't';
        escapes['"'] = '"';
        escapes['\\'] = '\\';
        return escapes;
    }
}
