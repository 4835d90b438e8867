package com.evolvishub.cdc.formats.json.value;

import java.nio.charset.StandardCharsets;

/**
 * Converts dates and times from the server's ISO style to ISO 8601: {@code T} between date and
 * time, six fractional digits, {@code Z} for UTC; years before 1 counted astronomically (1 BC is
 * {@code 0000}, 44 BC is {@code -0043}), years above 9999 with a plus. Decides by the text, not by
 * the type, so that it also encodes domains. Text in another format, such as {@code infinity}, is
 * kept as a string.
 */
final class DateTimeEncoder implements ValueEncoder {

    private static final byte[] ZEROS = "000000".getBytes(StandardCharsets.US_ASCII);
    private static final int DIGITS = 6;

    private final DateTimeParser time = new DateTimeParser();

    @Override
    public void write(byte[] text, int from, int to, JsonWriter json) {
        if (!time.read(text, from, to)) {
            json.string(text, from, to);
            return;
        }
        json.ascii('"');
        if (time.hasDate()) {
            year(text, json);
            json.raw(text, time.yearEnd(), time.dateEnd());
        }
        if (time.hasDate() && time.hasTime()) {
            json.ascii('T');
        }
        if (time.hasTime()) {
            timeOfDay(text, json);
        }
        json.ascii('"');
    }

    private void year(byte[] text, JsonWriter json) {
        int written = time.yearEnd() - time.start();
        if (!time.isBeforeChrist()) {
            if (written > 4) {
                json.ascii('+');
            }
            json.raw(text, time.start(), time.yearEnd());
            return;
        }
        long astronomical = time.year();
        if (astronomical < 0) {
            json.ascii('-');
        }
        byte[] digits = Long.toString(-astronomical).getBytes(StandardCharsets.US_ASCII);
        json.raw(ZEROS, 0, Math.max(0, 4 - digits.length));
        json.raw(digits);
    }

    private void timeOfDay(byte[] text, JsonWriter json) {
        int seconds = time.timeStart() + "00:00:00".length();
        json.raw(text, time.timeStart(), seconds);
        json.ascii('.');
        int digits = 0;
        if (seconds < time.timeEnd()) {
            digits = time.timeEnd() - seconds - 1;
            json.raw(text, seconds + 1, time.timeEnd());
        }
        json.raw(ZEROS, 0, DIGITS - digits);
        int offset = time.offsetEnd() - time.timeEnd();
        if (offset == 0) {
            return;
        }
        if (time.isUtc()) {
            json.ascii('Z');
            return;
        }
        json.raw(text, time.timeEnd(), time.offsetEnd());
        if (offset == "+00".length()) {
            json.ascii(":00");
        }
    }
}
