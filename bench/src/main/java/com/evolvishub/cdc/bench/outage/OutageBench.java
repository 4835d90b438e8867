package com.evolvishub.cdc.bench.outage;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Simulates outages of Kafka, Pulsar, Redis, the destination PostgreSQL and the source of two
 * mappings, each of both kinds, and prints the effect on the other mappings. Arguments: the
 * launcher, the seconds of each outage (120), and the servers ({@code
 * kafka,pulsar,redis,warehouse,branch}). Exits with 1 if a threshold was exceeded.
 */
public final class OutageBench {

    private static final List<BenchEndpoint> DEFAULT_ENDPOINTS =
            List.of(
                    BenchEndpoint.KAFKA,
                    BenchEndpoint.PULSAR,
                    BenchEndpoint.REDIS,
                    BenchEndpoint.WAREHOUSE,
                    BenchEndpoint.BRANCH);

    private static final Duration WARM_UP = Duration.ofSeconds(15);
    private static final Duration LONGEST_STEADY_PHASE = Duration.ofSeconds(40);
    private static final Duration SHORTEST_STEADY_PHASE = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

    private OutageBench() {}

    /** Runs all outages. */
    public static void main(String[] arguments) throws Exception {
        Path launcher = Path.of(arguments[0]).toAbsolutePath();
        Duration duration =
                Duration.ofSeconds(arguments.length > 1 ? Long.parseLong(arguments[1]) : 120);
        List<BenchEndpoint> endpoints =
                arguments.length > 2 ? endpoints(arguments[2]) : DEFAULT_ENDPOINTS;
        Path directory = Files.createTempDirectory("evolvishub-cdc-outages-");
        PrintStream out = System.out;
        out.printf(
                "Ten mappings, five destinations; away for %d s, in two ways: %s."
                        + " File, log and state: %s%n",
                duration.toSeconds(), endpoints, directory);
        boolean met;
        try (OutageScenario scenario =
                OutageScenario.start(
                        List.of(launcher.toString()), directory, Map.of(), POLL_INTERVAL)) {
            met = run(scenario, endpoints, duration, out);
        }
        System.exit(met ? 0 : 1);
    }

    private static List<BenchEndpoint> endpoints(String names) {
        return Arrays.stream(names.split(","))
                .map(name -> BenchEndpoint.valueOf(name.strip().toUpperCase(Locale.ROOT)))
                .toList();
    }

    private static boolean run(
            OutageScenario scenario,
            List<BenchEndpoint> endpoints,
            Duration duration,
            PrintStream out)
            throws Exception {
        scenario.runSteadyPhase(WARM_UP);
        long steadyFrom = System.currentTimeMillis();
        Duration steadyPhase =
                duration.compareTo(LONGEST_STEADY_PHASE) > 0 ? LONGEST_STEADY_PHASE : duration;
        scenario.runSteadyPhase(
                steadyPhase.compareTo(SHORTEST_STEADY_PHASE) < 0
                        ? SHORTEST_STEADY_PHASE
                        : steadyPhase);
        long steadyTo = System.currentTimeMillis();
        // the last rows of the steady phase have to arrive before the first outage
        scenario.runSteadyPhase(PAUSE);
        List<OutageResult> outages = new ArrayList<>();
        for (BenchEndpoint endpoint : endpoints) {
            for (OutageKind kind : OutageKind.values()) {
                OutageResult outage =
                        scenario.runOutage(
                                List.of(endpoint),
                                kind,
                                duration.multipliedBy(2),
                                from -> System.currentTimeMillis() - from >= duration.toMillis());
                outages.add(outage);
                out.printf(
                        "%s: away for %d s, level %.1f s after its return%n",
                        outage, duration.toSeconds(), outage.levelSeconds());
                scenario.runSteadyPhase(PAUSE);
            }
        }
        out.println();
        return new OutageReport(scenario, steadyFrom, steadyTo).print(outages, out);
    }
}
