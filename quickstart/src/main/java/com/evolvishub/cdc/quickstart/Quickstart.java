package com.evolvishub.cdc.quickstart;

import com.evolvishub.cdc.job.cli.terminal.StopSignals;
import com.evolvishub.cdc.quickstart.run.SyncRun;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * One quickstart, from the empty directory to the comparison. Stops everything that it has started.
 */
final class Quickstart {
    private static final Duration REFRESH = Duration.ofSeconds(1);
    private static final Duration CATCH_UP_TIMEOUT = Duration.ofMinutes(5);

    private final QuickstartSettings settings;
    private final Supplier<SyncRun> runs;
    private final PrintWriter out;
    private final CountDownLatch stopRequested = new CountDownLatch(1);

    Quickstart(QuickstartSettings settings, Supplier<SyncRun> runs, PrintWriter out) {
        this.settings = settings;
        this.runs = runs;
        this.out = out;
    }

    /** Runs until it is done or stopped; returns true if no difference was found. */
    boolean run() throws Exception {
        StopSignals signals = StopSignals.onStop(stopRequested::countDown);
        try (WorkDirectory directory =
                        WorkDirectory.open(settings.stateDirectory(), settings.keep());
                PostgresServer server = startServer(directory)) {
            CustomerViews views = prepare(server);
            return sync(directory, server, views);
        } finally {
            signals.close();
        }
    }

    private PostgresServer startServer(WorkDirectory directory) throws IOException {
        long startNanos = System.nanoTime();
        PostgresServer server =
                PostgresServer.builder()
                        .dataDirectory(directory.path().resolve("postgresql"))
                        // the tables are filled in the transaction that creates them, so no WAL is
                        // needed
                        .parameter("wal_level", "minimal")
                        .parameter("max_wal_senders", "0")
                        .parameter("max_wal_size", "4GB")
                        .parameter("shared_buffers", "256MB")
                        .parameter("maintenance_work_mem", "128MB")
                        // the server must run until the job has stopped, not until the JVM shuts
                        // down
                        .outlivesShutdownHooks()
                        .start();
        print(
                "PostgreSQL %s, pid %d, started in %s",
                version(server), server.pid(), since(startNanos));
        return server;
    }

    private CustomerViews prepare(PostgresServer server) {
        Optional<CustomerViews> existing = CustomerViews.existing(server);
        if (existing.isPresent()) {
            print("Going on with the data in %s", settings.stateDirectory().orElseThrow());
            return existing.get();
        }
        long startNanos = System.nanoTime();
        CustomerViews views = CustomerViews.create(server, settings.customers());
        print(
                "%,d customers with orders, visits and addresses made in %s",
                settings.customers(), since(startNanos));
        return views;
    }

    private boolean sync(WorkDirectory directory, PostgresServer server, CustomerViews views)
            throws Exception {
        try (SyncRun run = runs.get()) {
            run.start(
                    settings.config(),
                    addresses(server),
                    directory.path().resolve("state"),
                    settings.port());
            printIntroduction(run, views);
            CustomerChangeGenerator changes = CustomerChangeGenerator.start(views.source());
            try (changes) {
                showChanges(run, changes);
            }
            if (!settings.once() || stopRequested.getCount() == 0) {
                print("Stopping.");
                return true;
            }
            Instant lastChange = Instant.now();
            print("%,d rows changed; waiting until all mappings are level", changes.rowsChanged());
            return awaitCaughtUp(run, lastChange) && compare(views);
        }
    }

    private void printIntroduction(SyncRun run, CustomerViews views) {
        print("");
        print("Running    %s", settings.config());
        print("Web UI     %s", run.webUi());
        print("Source     psql \"%s\"", views.source().psqlUrl());
        print("Warehouse  psql \"%s\"", views.destination().psqlUrl());
        print(
                settings.once()
                        ? "Rows change for %d s; then every view is compared with its table."
                        : "Rows keep changing, about 200 a second. Ctrl-C ends it all.",
                settings.changesFor().toSeconds());
        print("");
    }

    private void showChanges(SyncRun run, CustomerChangeGenerator changes) throws Exception {
        long deadline = System.nanoTime() + settings.changesFor().toNanos();
        while (!stopRequested.await(REFRESH.toMillis(), TimeUnit.MILLISECONDS)) {
            run.showProgress();
            if (changes.failure().isPresent()) {
                throw new IllegalStateException(
                        "the source takes no more changes: "
                                + changes.failure().get().getMessage());
            }
            if (settings.once() && System.nanoTime() > deadline) {
                return;
            }
        }
    }

    private boolean awaitCaughtUp(SyncRun run, Instant lastChange) throws Exception {
        long deadline = System.nanoTime() + CATCH_UP_TIMEOUT.toNanos();
        while (!run.caughtUpSince(lastChange)) {
            run.showProgress();
            if (System.nanoTime() > deadline) {
                print("Not level after %d minutes.", CATCH_UP_TIMEOUT.toMinutes());
                return false;
            }
            if (stopRequested.await(REFRESH.toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
        return true;
    }

    private boolean compare(CustomerViews views) {
        List<TableComparison> comparisons =
                CustomerViews.PAIRS.stream().map(pair -> TableComparison.of(views, pair)).toList();
        ComparisonReport.lines(comparisons).forEach(line -> print("%s", line));
        return comparisons.stream().allMatch(TableComparison::equal);
    }

    /** The variables that the example file references: both sides are databases of one server. */
    private static Map<String, String> addresses(PostgresServer server) {
        String port = String.valueOf(server.port());
        return Map.of(
                "CDC_SOURCE_HOST", server.host(),
                "CDC_SOURCE_PORT", port,
                "CDC_SOURCE_USERNAME", server.user(),
                "CDC_SOURCE_PASSWORD", server.password(),
                "CDC_DESTINATION_HOST", server.host(),
                "CDC_DESTINATION_PORT", port,
                "CDC_DESTINATION_USERNAME", server.user(),
                "CDC_DESTINATION_PASSWORD", server.password());
    }

    private static String version(PostgresServer server) {
        return server.database("postgres").queryOne("SHOW server_version");
    }

    private static String since(long startedNanos) {
        return String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - startedNanos) / 1e9);
    }

    private void print(String format, Object... arguments) {
        out.printf(Locale.ROOT, format + "%n", arguments);
        out.flush();
    }
}
