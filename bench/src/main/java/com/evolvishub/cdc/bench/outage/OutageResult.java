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
record OutageResult(
        List<BenchEndpoint> ends,
        OutageKind cut,
        long from,
        long restoredAt,
        double levelSeconds,
        long restarts,
        Map<BenchMapping, String> differences) {

    /** States that say that an end is away. */
    private static final Set<String> TELLING = Set.of("waiting for destination", "retrying");

    OutageResult {
        ends = List.copyOf(ends);
        differences = new LinkedHashMap<>(differences);
    }

    List<BenchMapping> affected() {
        return BenchMapping.ALL.stream().filter(mapping -> mapping.needs(ends)).toList();
    }

    List<BenchMapping> unaffected() {
        return BenchMapping.ALL.stream().filter(mapping -> !mapping.needs(ends)).toList();
    }

    /** The first time that a mapping's status said, with a cause, that its end is away. */
    static Optional<JobMonitor.Seen> describe(
            JobMonitor watch, BenchMapping mapping, long from, long to) {
        return watch.states(mapping, from, to).stream()
                .filter(seen -> TELLING.contains(seen.state()) && !seen.cause().isEmpty())
                .findFirst();
    }

    /** What was away. */
    String name() {
        return ends.stream().map(BenchEndpoint::toString).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return name() + " " + cut;
    }
}
