package com.evolvishub.cdc.planner.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Suggests the intended spelling of an unknown word. */
final class DidYouMean {

    private DidYouMean() {}

    /** The candidate with the smallest edit distance, if it is small enough. */
    static Optional<String> closest(String found, Collection<String> candidates) {
        String normalized = plain(found);
        int allowed = found.length() < 3 ? 0 : Math.min(found.length(), 24) / 3;
        if (found.isEmpty() || found.length() > 100) {
            return Optional.empty();
        }
        return candidates.stream()
                .filter(candidate -> Math.abs(candidate.length() - found.length()) <= allowed)
                .filter(candidate -> distance(normalized, plain(candidate)) <= allowed)
                .min(
                        Comparator.<String>comparingInt(
                                        candidate -> distance(normalized, plain(candidate)))
                                .thenComparing(Comparator.naturalOrder()));
    }

    /** {@code ; did you mean "x"?}, or nothing. */
    static String hint(String found, Collection<String> candidates) {
        return closest(found, candidates).map("; did you mean \"%s\"?"::formatted).orElse("");
    }

    private static String plain(String text) {
        return text.toLowerCase(Locale.ROOT).replace('-', '_');
    }

    /** The edit distance: letters inserted, deleted, replaced or swapped with the next one. */
    private static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int changed = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                cost[i][j] =
                        Math.min(
                                cost[i - 1][j - 1] + changed,
                                1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
                if (i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
