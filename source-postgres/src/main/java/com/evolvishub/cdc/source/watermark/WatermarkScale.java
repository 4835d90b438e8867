package com.evolvishub.cdc.source.watermark;

import com.evolvishub.cdc.runtime.row.SqlType;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/**
 * Puts watermarks on a line, to tell how long one has to be remembered. Times are microseconds
 * since 1970, dates those of their midnight, whole numbers themselves, others their floor.
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

    /** Of a value that is on no line: it is never far enough behind to be forgotten. */
    public static final long NOT_ON_SCALE = Long.MAX_VALUE;

    /** Of an infinite value: beyond all that is finite. */
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

    /** What a value of a time stands for, in microseconds: {@code timestamp(0)} for a second. */
    public static long typePrecision(SqlType type) {
        int bracket = type.name().indexOf('(');
        if (of(type) != TIME || bracket < 0) {
            return 0;
        }
        int digits = type.name().charAt(bracket + 1) - '0';
        return (long) Math.pow(10, 6 - digits);
    }

    /** Whether two values have a distance. */
    public boolean hasDistances() {
        return this != NONE;
    }

    /**
     * Where a value stands.
     *
     * @param text the database's own, under the pinned settings of a session
     * @return {@link #NOT_ON_SCALE} if it is no place of this scale
     */
    public long toScale(byte[] text) {
        try {
            return switch (this) {
                case TIME, DATE -> time(new String(text, StandardCharsets.US_ASCII));
                case NUMBER -> number(text);
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

    private static long number(byte[] text) {
        long value = 0;
        int from = text[0] == '-' ? 1 : 0;
        if (text.length - from > 18 || text.length == from) {
            return exact(text);
        }
        for (int i = from; i < text.length; i++) {
            if (text[i] < '0' || text[i] > '9') {
                return exact(text);
            }
            value = value * 10 + (text[i] - '0');
        }
        return from == 1 ? -value : value;
    }

    private static long exact(byte[] text) {
        String number = new String(text, StandardCharsets.US_ASCII);
        if (number.equals("-Infinity")) {
            return Long.MIN_VALUE;
        }
        return new BigDecimal(number).setScale(0, RoundingMode.FLOOR).longValueExact();
    }

    /** {@code 2024-01-02 03:04:05.123456-04:30}, of which only the date must be there; or BC. */
    private static long time(String text) {
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
        long place = Math.multiplyExact(LocalDate.of(year, month, day).toEpochDay(), DAY);
        int clock = yearEnd + 7;
        if (clock >= text.length() || text.charAt(clock + 1) == 'B') {
            return place;
        }
        long seconds =
                digits(text, clock) * 3600L
                        + digits(text, clock + 3) * 60L
                        + digits(text, clock + 6);
        return place + (seconds - offset(text, clock + 8)) * SECOND + micros(text, clock + 8);
    }

    /** Seconds that the text's zone is ahead of UTC. */
    private static long offset(String text, int from) {
        int sign = from;
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
