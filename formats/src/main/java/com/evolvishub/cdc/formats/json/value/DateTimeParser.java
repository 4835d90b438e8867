package com.evolvishub.cdc.formats.json.value;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.OptionalLong;

/**
 * Finds the positions of the parts of a date or time in the server's ISO text, for example {@code
 * 0044-03-15 12:00:00.5+00 BC}. Positions refer to the text that was read last. Used by one thread.
 */
public final class DateTimeParser {

    private static final long MICROS = 1_000_000;
    private static final int MAX_FRACTION_DIGITS = 6;
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
     * Reads another text.
     *
     * @return whether it was parsed completely; if not, the other methods must not be called
     */
    public boolean read(byte[] newText, int from, int to) {
        text = newText;
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
        boolean hasSeparator = hasDate() && dateEnd < end && text[dateEnd] == ' ';
        timeStart = hasSeparator ? dateEnd + 1 : dateEnd;
        timeEnd = timeStart;
        offsetEnd = timeStart;
        if ((hasSeparator || !hasDate()) && matches(text, timeStart, end, "00:00:00")) {
            timeEnd = fractionEnd(text, timeStart + "00:00:00".length(), end);
            offsetEnd = offsetEnd(text, timeEnd, end);
        }
        boolean complete = hasSeparator ? hasTime() : hasDate() || hasTime();
        return complete && offsetEnd == end && (hasDate() || !beforeChrist);
    }

    int start() {
        return start;
    }

    /** Returns the end of the year; the start if there is no date. */
    int yearEnd() {
        return yearEnd;
    }

    /** Returns the end of the day; the start if there is no date. */
    int dateEnd() {
        return dateEnd;
    }

    /** Returns the start of the hour. */
    int timeStart() {
        return timeStart;
    }

    /**
     * Returns the end of the seconds with their fraction; {@link #timeStart} if there is no time.
     */
    int timeEnd() {
        return timeEnd;
    }

    /** Returns the end of the zone offset; {@link #timeEnd} if there is none. */
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

    /** Returns the astronomical year; 1 BC is 0. */
    long year() {
        long year = number(start, yearEnd);
        return beforeChrist ? 1 - year : year;
    }

    /**
     * Returns microseconds since 1970 in UTC, for a date those of midnight. Empty for a time of
     * day, an infinity, or a value outside 64 bits. A time without an offset is taken as UTC.
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
                for (int i = digits; i < MAX_FRACTION_DIGITS; i++) {
                    fraction *= 10;
                }
            }
            return OptionalLong.of(Math.addExact(Math.multiplyExact(seconds, MICROS), fraction));
        } catch (DateTimeException | ArithmeticException outOfRange) {
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
        return digits >= 1 && digits <= MAX_FRACTION_DIGITS ? fraction : at;
    }

    /** Matches {@code +00}, {@code +05:30} or {@code -04:56:02}. */
    private static int offsetEnd(byte[] text, int at, int end) {
        if (at >= end || (text[at] != '+' && text[at] != '-')) {
            return at;
        }
        for (String pattern : OFFSETS) {
            if (matches(text, at + 1, end, pattern)) {
                return at + 1 + pattern.length();
            }
        }
        return at;
    }

    /** Whether the text continues with the pattern, in which 0 is any digit. */
    private static boolean matches(byte[] text, int at, int end, String pattern) {
        if (end - at < pattern.length()) {
            return false;
        }
        for (int i = 0; i < pattern.length(); i++) {
            byte b = text[at + i];
            boolean fits = pattern.charAt(i) == '0' ? b >= '0' && b <= '9' : b == pattern.charAt(i);
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
