package com.evolvishub.cdc.formats.json.value;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.OptionalLong;

/**
 * Where the parts of a date or time stand in the server's ISO text, for example {@code 0044-03-15
 * 12:00:00.5+00 BC}. Positions are those of the text that was read last. Used by one thread.
 */
public final class DateTimeParser {

    private static final long MICROS = 1_000_000;
    private static final int FRACTION = 6;
    private static final String[] OFFSETS = {"00:00:00", "00:00", "00"};

    private byte[] text;
    private int start;
    private int yearEnd;
    private int dateEnd;
    private int timeStart;
    private int timeEnd;
    private int offsetEnd;
    private boolean beforeChrist;

    /**
     * Looks at another text.
     *
     * @return whether all of it was understood; if not, nothing else may be asked
     */
    public boolean read(byte[] another, int from, int to) {
        text = another;
        start = from;
        beforeChrist =
                to - from > 3 && text[to - 3] == ' ' && text[to - 2] == 'B' && text[to - 1] == 'C';
        int end = beforeChrist ? to - 3 : to;
        yearEnd = digitsEnd(text, from, end);
        dateEnd = from;
        if (yearEnd - from >= 4 && matches(text, yearEnd, end, "-00-00")) {
            dateEnd = yearEnd + "-00-00".length();
        } else {
            yearEnd = from;
        }
        boolean parted = hasDate() && dateEnd < end && text[dateEnd] == ' ';
        timeStart = parted ? dateEnd + 1 : dateEnd;
        timeEnd = timeStart;
        offsetEnd = timeStart;
        if ((parted || !hasDate()) && matches(text, timeStart, end, "00:00:00")) {
            timeEnd = fractionEnd(text, timeStart + "00:00:00".length(), end);
            offsetEnd = offsetEnd(text, timeEnd, end);
        }
        boolean whole = parted ? hasTime() : hasDate() || hasTime();
        return whole && offsetEnd == end && (hasDate() || !beforeChrist);
    }

    int start() {
        return start;
    }

    /** Behind the year; the start if there is no date. */
    int yearEnd() {
        return yearEnd;
    }

    /** Behind the day; the start if there is no date. */
    int dateEnd() {
        return dateEnd;
    }

    /** Where the hour begins. */
    int timeStart() {
        return timeStart;
    }

    /** Behind the seconds and their fraction; {@link #timeStart} if there is no time. */
    int timeEnd() {
        return timeEnd;
    }

    /** Behind the zone's offset; {@link #timeEnd} if there is none. */
    int offsetEnd() {
        return offsetEnd;
    }

    boolean isBeforeChrist() {
        return beforeChrist;
    }

    boolean hasDate() {
        return dateEnd > start;
    }

    boolean hasTime() {
        return timeEnd > timeStart;
    }

    boolean isUtc() {
        return offsetEnd - timeEnd == 3 && text[timeEnd + 1] == '0' && text[timeEnd + 2] == '0';
    }

    /** The year, 1 BC being 0. */
    long year() {
        long year = number(start, yearEnd);
        return beforeChrist ? 1 - year : year;
    }

    /**
     * Microseconds since 1970 in UTC, for a date the day's beginning; nothing for a time of day, an
     * infinity, or what 64 bits do not hold. A time without an offset is taken as UTC.
     */
    public OptionalLong epochMicros() {
        if (!hasDate() || !(isUtc() || offsetEnd == timeEnd)) {
            return OptionalLong.empty();
        }
        try {
            LocalDate day =
                    LocalDate.of(
                            Math.toIntExact(year()),
                            (int) number(yearEnd + 1, yearEnd + 3),
                            (int) number(yearEnd + 4, yearEnd + 6));
            long seconds = day.toEpochDay() * 86_400;
            long fraction = 0;
            if (hasTime()) {
                int at = timeStart;
                seconds += number(at, at + 2) * 3600;
                seconds += number(at + 3, at + 5) * 60 + number(at + 6, at + 8);
                int digits = Math.max(0, timeEnd - at - 9);
                fraction = number(timeEnd - digits, timeEnd);
                for (int i = digits; i < FRACTION; i++) {
                    fraction *= 10;
                }
            }
            return OptionalLong.of(Math.addExact(Math.multiplyExact(seconds, MICROS), fraction));
        } catch (DateTimeException | ArithmeticException beyond) {
            return OptionalLong.empty();
        }
    }

    private long number(int from, int to) {
        long number = 0;
        for (int i = from; i < to; i++) {
            number = number * 10 + text[i] - '0';
        }
        return number;
    }

    private static int fractionEnd(byte[] text, int at, int end) {
        if (at >= end || text[at] != '.') {
            return at;
        }
        int fraction = digitsEnd(text, at + 1, end);
        int digits = fraction - at - 1;
        return digits >= 1 && digits <= FRACTION ? fraction : at;
    }

    /** {@code +00}, {@code +05:30} or {@code -04:56:02}. */
    private static int offsetEnd(byte[] text, int at, int end) {
        if (at >= end || (text[at] != '+' && text[at] != '-')) {
            return at;
        }
        for (String shape : OFFSETS) {
            if (matches(text, at + 1, end, shape)) {
                return at + 1 + shape.length();
            }
        }
        return at;
    }

    /** Whether the text goes on like the shape, in which 0 is any digit. */
    private static boolean matches(byte[] text, int at, int end, String shape) {
        if (end - at < shape.length()) {
            return false;
        }
        for (int i = 0; i < shape.length(); i++) {
            byte b = text[at + i];
            boolean fits = shape.charAt(i) == '0' ? b >= '0' && b <= '9' : b == shape.charAt(i);
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    private static int digitsEnd(byte[] text, int at, int end) {
        int digit = at;
        while (digit < end && text[digit] >= '0' && text[digit] <= '9') {
            digit++;
        }
        return digit;
    }
}
