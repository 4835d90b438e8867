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
 * First load of one table, ours and the yardstick in turn, each round into an empty table with a
 * key and two indexes. Arguments: the launcher, rows (1,000,000), rounds (3).
 */
public final class FirstLoadBench {
    private FirstLoadBench() {}

    /** Runs the rounds and prints a line of ratios for each, and their median. */
    public static void main(String[] arguments) throws IOException {
        Path launcher = Path.of(arguments[0]).toAbsolutePath();
        int rows = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1_000_000;
        int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 3;
        Path folder = Files.createTempDirectory("evolvishub-cdc-bench-");
        // as servers are run: with a log that is synced, room to write, and no checkpoint in the
        // middle
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
            run(new FirstLoad(launcher, folder), source, destination, rows, rounds, System.out);
        }
    }

    private static void run(
            FirstLoad ours,
            Database source,
            Database destination,
            int rows,
            int rounds,
            PrintStream out)
            throws IOException {
        CopyBaseline yardstick = CopyBaseline.ofThisMachine();
        out.printf(
                Locale.ROOT,
                "First load of %,d rows, 11 columns, key and two indexes. Yardstick (1.00): %s.%n",
                rows,
                yardstick.description());
        List<Double> wholes = new ArrayList<>();
        List<Double> loadings = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            BenchTable.recreate(destination, "by_yardstick");
            double limit = yardstick.load(source, destination, "by_yardstick");
            BenchTable.requireComplete(destination, "by_yardstick", rows);

            String table = "by_evolvishub_" + round;
            BenchTable.recreate(destination, table);
            FirstLoad.Times times = ours.load(source, destination, table, rows);
            BenchTable.requireComplete(destination, table, rows);
            destination.execute("DROP TABLE " + table);

            wholes.add(limit / times.whole());
            loadings.add(limit / times.loading());
            out.printf(
                    Locale.ROOT,
                    "round %d: rate %.2f, with start and stop of the JVM %.2f; start to first row = %.2f of"
                            + " the yardstick's whole load%n",
                    round,
                    limit / times.loading(),
                    limit / times.whole(),
                    times.toFirstRow() / limit);
        }
        out.printf(
                Locale.ROOT,
                "median:  rate %.2f, with start and stop of the JVM %.2f%n",
                median(loadings),
                median(wholes));
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
