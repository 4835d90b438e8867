package com.evolvishub.cdc.source.watermark;

import com.evolvishub.cdc.runtime.row.SqlType;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/**
 * Maps watermarks to a numeric scale to compute the dedupe window. Times become microseconds since
 * 1970, dates those of their midnight, integers their own value, other numbers are rounded down.
 */
public enum WatermarkScale {
    /** timestamp and timestamptz. */
    TIME,
    /** date. */
    DATE,
    /** int2, int4, int8, xid8 and numeric. */
    NUMBER,
    /** text, uuid and others, which sort but have no distances. */
    NONE;

    /** The result for a value that is not on the scale: it is never low enough to be evicted. */
    public static final long NOT_ON_SCALE = Long.MAX_VALUE;

    /** The result for an infinite value: above all finite ones. */
    private static final long INFINITE = Long.MAX_VALUE - 1;

    private static final long DAY = 86_400_000_000L;
    private static final long SECOND = 1_000_000L;

    /** The scale of a column's type. */
    public static WatermarkScale of(SqlType type) {
        // pg_type.oid of the built-in types, which never changes
        return switch (type.oid()) {
            case 1114, 1184 -> TIME;
            case 1082 -> DATE;
            case 20, 21, 23, 1700, 5069 -> NUMBER;
            default -> NONE;
        };
    }

    /** The precision of a time in microseconds: a second for {@code timestamp(0)}. */
    public static long typePrecision(SqlType type) {
        int bracket = type.name().indexOf('(');
        if (of(type) != TIME || bracket < 0) {
            return 0;
        }
        int digits = type.name().charAt(bracket + 1) - '0';
        return (long) Math.pow(10, 6 - digits);
    }

    /** Whether values have distances. */
    public boolean hasDistances() {
        return this != NONE;
    }

    /**
     * Maps a value to the scale.
     *
     * @param text the database's own text, under the fixed settings of a session
     * @return {@link #NOT_ON_SCALE} if it is not a value of this scale
     */
    public long toScale(byte[] text) {
        try {
            return switch (this) {
                case TIME, DATE -> parseTime(new String(text, StandardCharsets.US_ASCII));
                case NUMBER -> parseNumber(text);
                case NONE -> NOT_ON_SCALE;
            };
        } catch (RuntimeException unknown) {
            return NOT_ON_SCALE;
        }
    }

    /** See {@link #toScale(byte[])}. */
    public long toScale(String text) {
        return toScale(text.getBytes(StandardCharsets.UTF_8));
    }

    private static long parseNumber(byte[] text) {
        long value = 0;
        int start = text[0] == '-' ? 1 : 0;
        if (text.length - start > 18 || text.length == start) {
            return parseExact(text);
        }
        for (int i = start; i < text.length; i++) {
            if (text[i] < '0' || text[i] > '9') {
                return parseExact(text);
            }
            value = value * 10 + (text[i] - '0');
        }
        return start == 1 ? -value : value;
    }

    private static long parseExact(byte[] text) {
        String number = new String(text, StandardCharsets.US_ASCII);
        if (number.equals("-Infinity")) {
            return Long.MIN_VALUE;
        }
        return new BigDecimal(number).setScale(0, RoundingMode.FLOOR).longValueExact();
    }

    /**
     * Parses {@code 2024-01-02 03:04:05.123456-04:30}, where all after the date is optional, or a
     * year BC.
     */
    private static long parseTime(String text) {
        if (text.equals("-infinity")) {
            return Long.MIN_VALUE;
        }
        if (text.equals("infinity")) {
            return INFINITE;
        }
        int yearEnd = text.indexOf('-');
        int year = Integer.parseInt(text, 0, yearEnd, 10);
        int month = digits(text, yearEnd + 1);
        int day = digits(text, yearEnd + 4);
        if (text.endsWith(" BC")) {
            year = 1 - year;
        }
        long midnight = Math.multiplyExact(LocalDate.of(year, month, day).toEpochDay(), DAY);
        int clock = yearEnd + 7;
        if (clock >= text.length() || text.charAt(clock + 1) == 'B') {
            return midnight;
        }
        long seconds =
                digits(text, clock) * 3600L
                        + digits(text, clock + 3) * 60L
                        + digits(text, clock + 6);
        return midnight + (seconds - offset(text, clock + 8)) * SECOND + micros(text, clock + 8);
    }

    /** The offset of the text's time zone from UTC in seconds. */
    private static long offset(String text, int start) {
        int sign = start;
        while (sign < text.length() && text.charAt(sign) != '+' && text.charAt(sign) != '-') {
            sign++;
        }
        if (sign >= text.length()) {
            return 0;
        }
        long seconds = 0;
        long unit = 3600;
        for (int i = sign + 1; i + 2 <= text.length() && unit > 0; i += 3, unit /= 60) {
            seconds += unit * digits(text, i);
            if (i + 2 == text.length() || text.charAt(i + 2) != ':') {
                break;
            }
        }
        return text.charAt(sign) == '-' ? -seconds : seconds;
    }

    private static int digits(String text, int at) {
        return Integer.parseInt(text, at, at + 2, 10);
    }

    private static long micros(String text, int dot) {
        if (dot >= text.length() || text.charAt(dot) != '.') {
            return 0;
        }
        long micros = 0;
        long unit = SECOND / 10;
        for (int i = dot + 1; i < text.length() && Character.isDigit(text.charAt(i)); i++) {
            micros += unit * (text.charAt(i) - '0');
            unit /= 10;
        }
        return micros;
    }
}
