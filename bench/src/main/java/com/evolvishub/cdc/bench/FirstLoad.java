package com.evolvishub.cdc.bench;

import com.evolvishub.cdc.testing.postgres.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Runs evolvishub-cdc as a user does: in a new process, with a new state directory and a file with
 * one mapping in mode one_time.
 */
record FirstLoad(Path launcher, Path folder) {

    /**
     * The times of one load.
     *
     * @param whole seconds from the start of the process to its end
     * @param toFirstRow seconds from the start of the process to the first row in the destination
     * @param loading seconds from the first row to the last row
     */
    record Times(double whole, double toFirstRow, double loading) {}

    Times load(Database source, Database destination, String table, int rows) throws IOException {
        Path config =
                Files.writeString(
                        folder.resolve(table + ".yaml"), yaml(source, destination, table));
        Path log = folder.resolve(table + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(
                                launcher.toString(),
                                "run-multi",
                                "-c",
                                config.toString(),
                                "--state-dir",
                                folder.resolve("state-" + table).toString())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        builder.environment().put("BENCH_PASSWORD", source.password());
        long startNanos = System.nanoTime();
        Process process = builder.start();
        try {
            double first = awaitRow(process, startNanos, destination, table, 1, log);
            double last = awaitRow(process, startNanos, destination, table, rows, log);
            int code = ProcessTimer.ended(process);
            double whole = ProcessTimer.since(startNanos);
            if (code != 0) {
                throw new IllegalStateException(
                        "evolvishub-cdc ended with exit code "
                                + code
                                + ":\n"
                                + Files.readString(log));
            }
            return new Times(whole, first, last - first);
        } finally {
            process.destroy();
        }
    }

    private static double awaitRow(
            Process process,
            long startNanos,
            Database destination,
            String table,
            long row,
            Path log)
            throws IOException {
        while (BenchTable.progress(destination, table) < row) {
            if (!process.isAlive() && BenchTable.progress(destination, table) < row) {
                throw new IllegalStateException(
                        "evolvishub-cdc ended before row " + row + ":\n" + Files.readString(log));
            }
            try {
                process.waitFor(50, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while a load was measured", e);
            }
        }
        return ProcessTimer.since(startNanos);
    }

    private static String yaml(Database source, Database destination, String table) {
        return """
                name: %1$s
                mappings:
                  - name: orders
                    source:
                %2$s
                      table: %3$s
                    destination:
                %4$s
                      table: %1$s
                    watermark:
                      column: last_updated
                      type: timestamp
                    sync:
                      mode: one_time
                      batch_size: 50000
                """
                .formatted(table, endpoint(source), BenchTable.SOURCE, endpoint(destination));
    }

    private static String endpoint(Database database) {
        return """
                type: postgresql
                host: %s
                port: %d
                database: %s
                username: %s
                password: ${BENCH_PASSWORD}
                """
                .formatted(database.host(), database.port(), database.name(), database.user())
                .indent(6)
                .stripTrailing();
    }
}
