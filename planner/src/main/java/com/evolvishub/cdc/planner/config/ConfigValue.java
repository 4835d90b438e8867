package com.evolvishub.cdc.planner.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A value of the kind of its key.
 *
 * @param path its path in the file
 * @param name its key
 * @param text its text, references resolved; empty for lists and blocks
 * @param displayText its text in messages: as in the file, or stars
 * @param items of a list of names, or of a block of names and values
 * @param blocks of a block, a list of blocks, or blocks by name
 */
record ConfigValue(
        String path,
        String name,
        String text,
        String displayText,
        List<ConfigValue> items,
        List<ConfigBlock> blocks) {

    // no leading zeros: YAML 1.1 reads 0777 as octal
    private static final Pattern NUMBER =
            Pattern.compile("-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,18})?([eE][+-]?[0-9]{1,2})?");

    ConfigValue {
        items = List.copyOf(items);
        blocks = List.copyOf(blocks);
    }

    static ConfigValue of(String path, String name, String text, String displayText) {
        return new ConfigValue(path, name, text, displayText, List.of(), List.of());
    }

    /** Parses a number. */
    static Optional<BigDecimal> number(String text) {
        return NUMBER.matcher(text).matches()
                ? Optional.of(new BigDecimal(text))
                : Optional.empty();
    }

    /** Parses a boolean. */
    static Optional<Boolean> flag(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on" -> Optional.of(true);
            case "false", "no", "off" -> Optional.of(false);
            default -> Optional.empty();
        };
    }

    boolean flag() {
        return flag(text).orElse(false);
    }

    int count() {
        return number().intValue();
    }

    BigDecimal number() {
        return number(text).orElse(BigDecimal.ZERO);
    }

    Duration seconds() {
        return Duration.ofNanos(number().movePointRight(9).longValue());
    }

    List<String> texts() {
        return items.stream().map(ConfigValue::text).toList();
    }
}
