package com.evolvishub.cdc.bench.outage;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One outage, and what became of it.
 *
 * @param from when the end was cut off, in milliseconds since 1970
 * @param mended when it was back
 * @param levelSeconds from then until each mapping that was cut off had delivered a newer row
 * @param restarts of tasks, from the cut to the comparison
 * @param differences between source and destination afterwards; empty: all are the same
 */
record Outage(
        End end,
        Cut cut,
        long from,
        long mended,
        double levelSeconds,
        long restarts,
        Map<Mapping, String> differences) {

    /** States that say that an end is away. */
    private static final Set<String> TELLING = Set.of("waiting for destination", "retrying");

    Outage {
        differences = new LinkedHashMap<>(differences);
    }

    List<Mapping> concerned() {
        return Mapping.ALL.stream().filter(mapping -> mapping.needs(end)).toList();
    }

    List<Mapping> others() {
        return Mapping.ALL.stream().filter(mapping -> !mapping.needs(end)).toList();
    }

    /** The first time that a mapping's status said, with a cause, that its end is away. */
    static Optional<Watch.Seen> told(Watch watch, Mapping mapping, long from, long to) {
        return watch.states(mapping, from, to).stream()
                .filter(seen -> TELLING.contains(seen.state()) && !seen.cause().isEmpty())
                .findFirst();
    }

    @Override
    public String toString() {
        return end + " " + cut;
    }
}
