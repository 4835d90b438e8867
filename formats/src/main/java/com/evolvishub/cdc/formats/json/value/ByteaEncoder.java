package com.evolvishub.cdc.formats.json.value;

import com.evolvishub.cdc.formats.message.MessageEncodingException;
import java.nio.charset.StandardCharsets;

/** Encodes {@code bytea} in hexadecimal as base64 with padding. */
final class ByteaEncoder implements ValueEncoder {

    private static final byte[] BASE64_ALPHABET =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
                    .getBytes(StandardCharsets.US_ASCII);

    @Override
    public void write(byte[] text, int from, int to, JsonWriter json)
            throws MessageEncodingException {
        if (to - from < 2 || text[from] != '\\' || text[from + 1] != 'x' || (to - from) % 2 != 0) {
            throw new MessageEncodingException(
                    "bytes are expected in hexadecimal; the session's bytea_output must be hex");
        }
        json.ascii('"');
        for (int at = from + 2; at < to; at += 6) {
            int present = Math.min(3, (to - at) / 2);
            int group = 0;
            for (int i = 0; i < 3; i++) {
                group = group << 8 | (i < present ? octet(text, at + 2 * i) : 0);
            }
            for (int i = 0; i < 4; i++) {
                json.ascii(
                        i <= present ? (char) BASE64_ALPHABET[group >> (18 - 6 * i) & 0x3f] : '=');
            }
        }
        json.ascii('"');
    }

    private static int octet(byte[] text, int at) throws MessageEncodingException {
        int high = Character.digit(text[at], 16);
        int low = Character.digit(text[at + 1], 16);
        if (high < 0 || low < 0) {
            throw new MessageEncodingException("a byte is no hexadecimal number");
        }
        return high << 4 | low;
    }
}
