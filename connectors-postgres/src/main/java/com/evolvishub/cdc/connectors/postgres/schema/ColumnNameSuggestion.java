package com.evolvishub.cdc.connectors.postgres.schema;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the column name that a misspelled name is closest to. */
final class ColumnNameSuggestion {

    private static final int MAX_DISTANCE = 3;

    private ColumnNameSuggestion() {}

    static Optional<String> of(String name, Collection<String> known) {
        return known.stream()
                .filter(other -> distance(name, other) < Math.min(MAX_DISTANCE, name.length()))
                .min(Comparator.comparingInt(other -> distance(name, other)));
    }

    /** Number of letters to change, add or remove, ignoring case (Levenshtein distance). */
    private static int distance(String one, String other) {
        String a = one.toLowerCase(Locale.ROOT);
        String b = other.toLowerCase(Locale.ROOT);
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
