package com.evolvishub.cdc.source.dedupe.diff;

import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.RowSchema;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares the types of a key before and after an {@code ALTER TABLE}. Keys are known by their
 * text. If the text of an equal key may differ, as {@code 1.0} and {@code 1.00}, a missing old text
 * does not mean that the row is deleted.
 */
final class KeyTypeCompatibility {

    private static final Set<String> INTEGERS = Set.of("smallint", "integer", "bigint");
    private static final Pattern SCALE = Pattern.compile("numeric\\(\\d+,(-?\\d+)\\)");

    private KeyTypeCompatibility() {}

    static List<String> of(RowSchema schema) {
        return schema.keyColumns().stream().map(KeyTypeCompatibility::type).toList();
    }

    private static String type(Column column) {
        return column.type().name();
    }

    /** Whether equal keys have the same text, and different keys different texts. */
    static boolean haveSameText(List<String> before, List<String> now) {
        if (before.size() != now.size()) {
            return false;
        }
        for (int i = 0; i < before.size(); i++) {
            if (!haveSameText(before.get(i), now.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean haveSameText(String before, String now) {
        return before.equals(now)
                || (INTEGERS.contains(before) && INTEGERS.contains(now))
                || (isText(before) && isText(now))
                || hasSameScale(before, now);
    }

    private static boolean isText(String type) {
        return type.equals("text") || type.startsWith("character varying");
    }

    private static boolean hasSameScale(String before, String now) {
        Matcher one = SCALE.matcher(before);
        Matcher other = SCALE.matcher(now);
        return one.matches() && other.matches() && one.group(1).equals(other.group(1));
    }
}
