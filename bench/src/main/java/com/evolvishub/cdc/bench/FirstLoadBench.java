package com.evolvishub.cdc.bench;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Measures the first load of one table by evolvishub-cdc and by the baseline, alternating; each
 * load goes into an empty table with a key and two indexes. Arguments: the launcher, rows
 * (1,000,000), rounds (3).
 */
public final class FirstLoadBench {
    private FirstLoadBench() {}

    /** Runs the rounds and prints the ratios of each round and their median. */
    public static void main(String[] arguments) throws IOException {
        Path launcher = Path.of(arguments[0]).toAbsolutePath();
        int rows = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1_000_000;
        int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 3;
        Path directory = Files.createTempDirectory("evolvishub-cdc-bench-");
        // as in production: synced WAL, and enough space that no checkpoint runs during a load
        try (PostgresServer server =
                PostgresServer.builder()
                        .parameter("fsync", "on")
                        .parameter("synchronous_commit", "on")
                        .parameter("full_page_writes", "on")
                        .parameter("wal_level", "replica")
                        .parameter("max_wal_size", "8GB")
                        .parameter("shared_buffers", "512MB")
                        .start()) {
            Database source = server.createDatabase("bench_source");
            Database destination = server.createDatabase("bench_destination");
            BenchTable.fillSource(source, rows);
            run(new FirstLoad(launcher, directory), source, destination, rows, rounds, System.out);
        }
    }

    private static void run(
            FirstLoad firstLoad,
            Database source,
            Database destination,
            int rows,
            int rounds,
            PrintStream out)
            throws IOException {
        CopyBaseline baseline = CopyBaseline.ofThisMachine();
        out.printf(
                Locale.ROOT,
                "First load of %,d rows, 11 columns, key and two indexes. Yardstick (1.00): %s.%n",
                rows,
                baseline.description());
        List<Double> totalRatios = new ArrayList<>();
        List<Double> loadRatios = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            BenchTable.recreate(destination, "by_yardstick");
            double baselineSeconds = baseline.load(source, destination, "by_yardstick");
            BenchTable.requireComplete(destination, "by_yardstick", rows);

            String table = "by_evolvishub_" + round;
            BenchTable.recreate(destination, table);
            FirstLoad.Times times = firstLoad.load(source, destination, table, rows);
            BenchTable.requireComplete(destination, table, rows);
            destination.execute("DROP TABLE " + table);

            totalRatios.add(baselineSeconds / times.whole());
            loadRatios.add(baselineSeconds / times.loading());
            out.printf(
                    Locale.ROOT,
                    "round %d: rate %.2f, with start and stop of the JVM %.2f; start to first row = %.2f of"
                            + " the yardstick's whole load%n",
                    round,
                    baselineSeconds / times.loading(),
                    baselineSeconds / times.whole(),
                    times.toFirstRow() / baselineSeconds);
        }
        out.printf(
                Locale.ROOT,
                "median:  rate %.2f, with start and stop of the JVM %.2f%n",
                median(loadRatios),
                median(totalRatios));
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
