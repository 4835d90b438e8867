package com.evolvishub.cdc.bench.outage;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One outage, and what became of it.
 *
 * @param ends the servers that were away
 * @param from when they were cut off, in milliseconds since 1970
 * @param mended when they were back
 * @param levelSeconds from then until each mapping that was cut off had delivered a newer row
 * @param restarts of tasks, from the cut to the comparison
 * @param differences between source and destination afterwards; empty: all are the same
 */
record Outage(
        List<End> ends,
        Cut cut,
        long from,
        long mended,
        double levelSeconds,
        long restarts,
        Map<Mapping, String> differences) {

    /** States that say that an end is away. */
    private static final Set<String> TELLING = Set.of("waiting for destination", "retrying");

    Outage {
        ends = List.copyOf(ends);
        differences = new LinkedHashMap<>(differences);
    }

    List<Mapping> concerned() {
        return Mapping.ALL.stream().filter(mapping -> mapping.needs(ends)).toList();
    }

    List<Mapping> others() {
        return Mapping.ALL.stream().filter(mapping -> !mapping.needs(ends)).toList();
    }

    /** The first time that a mapping's status said, with a cause, that its end is away. */
    static Optional<Watch.Seen> told(Watch watch, Mapping mapping, long from, long to) {
        return watch.states(mapping, from, to).stream()
                .filter(seen -> TELLING.contains(seen.state()) && !seen.cause().isEmpty())
                .findFirst();
    }

    /** What was away. */
    String name() {
        return ends.stream().map(End::toString).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return name() + " " + cut;
    }
}
