package com.evolvishub.cdc.bench.outage;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One outage and its effects.
 *
 * @param ends the unavailable servers
 * @param cut the kind of outage
 * @param from the start of the outage, in milliseconds since 1970
 * @param restoredAt the end of the outage
 * @param levelSeconds from the end until each affected mapping had delivered a newer row
 * @param restarts task restarts from the start of the outage to the comparison
 * @param differences between source and destination afterwards; empty: none
 */
record OutageResult(
        List<BenchEndpoint> ends,
        OutageKind cut,
        long from,
        long restoredAt,
        double levelSeconds,
        long restarts,
        Map<BenchMapping, String> differences) {

    /** States that report an unavailable server. */
    private static final Set<String> OUTAGE_STATES = Set.of("waiting for destination", "retrying");

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

    /** The first status of a mapping that reports the outage with a cause. */
    static Optional<JobMonitor.StateSample> describe(
            JobMonitor monitor, BenchMapping mapping, long from, long to) {
        return monitor.states(mapping, from, to).stream()
                .filter(
                        sample ->
                                OUTAGE_STATES.contains(sample.state()) && !sample.cause().isEmpty())
                .findFirst();
    }

    /** The unavailable servers. */
    String name() {
        return ends.stream().map(BenchEndpoint::toString).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return name() + " " + cut;
    }
}
