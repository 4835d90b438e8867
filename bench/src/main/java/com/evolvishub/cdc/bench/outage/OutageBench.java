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
 * Cuts Kafka, Pulsar, Redis, the destination PostgreSQL and the source of two mappings off, each in
 * both ways, and prints what the others felt of it. Arguments: the launcher, how many seconds each
 * outage lasts (120), and which of them are cut off ({@code kafka,pulsar,redis,warehouse,branch}).
 * Ends with 1 when a bar was missed.
 */
public final class OutageBench {

    private static final List<BenchEndpoint> ENDS =
            List.of(
                    BenchEndpoint.KAFKA,
                    BenchEndpoint.PULSAR,
                    BenchEndpoint.REDIS,
                    BenchEndpoint.WAREHOUSE,
                    BenchEndpoint.BRANCH);

    private static final Duration WARM_UP = Duration.ofSeconds(15);
    private static final Duration LONGEST_CALM = Duration.ofSeconds(40);
    private static final Duration SHORTEST_CALM = Duration.ofSeconds(20);
    private static final Duration BREATH = Duration.ofSeconds(2);
    private static final Duration LOOKS = Duration.ofMillis(50);

    private OutageBench() {}

    /** Runs them all. */
    public static void main(String[] arguments) throws Exception {
        Path launcher = Path.of(arguments[0]).toAbsolutePath();
        Duration each =
                Duration.ofSeconds(arguments.length > 1 ? Long.parseLong(arguments[1]) : 120);
        List<BenchEndpoint> ends = arguments.length > 2 ? ends(arguments[2]) : ENDS;
        Path folder = Files.createTempDirectory("evolvishub-cdc-outages-");
        PrintStream out = System.out;
        out.printf(
                "Ten mappings, five destinations; away for %d s, in two ways: %s."
                        + " File, log and state: %s%n",
                each.toSeconds(), ends, folder);
        boolean met;
        try (OutageScenario matrix =
                OutageScenario.start(List.of(launcher.toString()), folder, Map.of(), LOOKS)) {
            met = run(matrix, ends, each, out);
        }
        System.exit(met ? 0 : 1);
    }

    private static List<BenchEndpoint> ends(String names) {
        return Arrays.stream(names.split(","))
                .map(name -> BenchEndpoint.valueOf(name.strip().toUpperCase(Locale.ROOT)))
                .toList();
    }

    private static boolean run(
            OutageScenario matrix, List<BenchEndpoint> ends, Duration each, PrintStream out)
            throws Exception {
        matrix.runSteadyPhase(WARM_UP);
        long calmFrom = System.currentTimeMillis();
        Duration calm = each.compareTo(LONGEST_CALM) > 0 ? LONGEST_CALM : each;
        matrix.runSteadyPhase(calm.compareTo(SHORTEST_CALM) < 0 ? SHORTEST_CALM : calm);
        long calmTo = System.currentTimeMillis();
        // what was written last has to arrive before something is cut off
        matrix.runSteadyPhase(BREATH);
        List<OutageResult> outages = new ArrayList<>();
        for (BenchEndpoint end : ends) {
            for (OutageKind cut : OutageKind.values()) {
                OutageResult outage =
                        matrix.cut(
                                List.of(end),
                                cut,
                                each.multipliedBy(2),
                                from -> System.currentTimeMillis() - from >= each.toMillis());
                outages.add(outage);
                out.printf(
                        "%s: away for %d s, level %.1f s after its return%n",
                        outage, each.toSeconds(), outage.levelSeconds());
                matrix.runSteadyPhase(BREATH);
            }
        }
        out.println();
        return new OutageReport(matrix, calmFrom, calmTo).print(outages, out);
    }
}
