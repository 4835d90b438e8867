package com.evolvishub.cdc.formats.json.value;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Formats texts like the server's output functions, for clarity and not for speed. */
final class ServerOutputText {

    private ServerOutputText() {}

    /** {@code array_out}: quotes everything that could be read as syntax. */
    static String array(List<String> elements) {
        return elements.stream()
                .map(ServerOutputText::element)
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String element(String value) {
        if (value == null) {
            return "NULL";
        }
        boolean bare =
                value.matches("(?s)[^\"\\\\{},\\x09-\\x0d ]+") && !value.equalsIgnoreCase("null");
        return bare ? value : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** {@code record_out}: nothing for NULL, doubled quotes and backslashes. */
    static String composite(List<String> fields) {
        return fields.stream()
                .map(ServerOutputText::field)
                .collect(Collectors.joining(",", "(", ")"));
    }

    private static String field(String value) {
        if (value == null) {
            return "";
        }
        boolean bare = value.matches("(?s)[^\"\\\\(),\\x09-\\x0d ]+");
        return bare ? value : '"' + value.replace("\\", "\\\\").replace("\"", "\"\"") + '"';
    }

    static String timestamp(LocalDateTime time) {
        return dated(time.toLocalDate(), " " + clock(time));
    }

    static String timestamptz(LocalDateTime time) {
        return dated(time.toLocalDate(), " " + clock(time) + "+00");
    }

    static String date(LocalDate date) {
        return dated(date, "");
    }

    private static String dated(LocalDate date, String rest) {
        boolean backwards = date.getYear() < 1;
        return String.format(
                Locale.ROOT,
                "%04d-%02d-%02d%s%s",
                backwards ? 1 - date.getYear() : date.getYear(),
                date.getMonthValue(),
                date.getDayOfMonth(),
                rest,
                backwards ? " BC" : "");
    }

    private static String clock(LocalDateTime time) {
        String clock = time.format(DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS", Locale.ROOT));
        return clock.replaceAll("\\.?0*$", "").length() < 8
                ? clock.substring(0, 8)
                : clock.replaceAll("\\.?0*$", "");
    }
}
