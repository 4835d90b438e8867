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

/** One quickstart, from the empty folder to the comparison. Whatever it starts ends with it. */
final class Quickstart {
    private static final Duration REFRESH = Duration.ofSeconds(1);
    private static final Duration LEVEL_LIMIT = Duration.ofMinutes(5);

    private final QuickstartSettings settings;
    private final Supplier<SyncRun> runs;
    private final PrintWriter out;
    private final CountDownLatch stopAsked = new CountDownLatch(1);

    Quickstart(QuickstartSettings settings, Supplier<SyncRun> runs, PrintWriter out) {
        this.settings = settings;
        this.runs = runs;
        this.out = out;
    }

    /** Runs until it is done or stopped; true if nothing was found different. */
    boolean run() throws Exception {
        StopSignals signals = StopSignals.onStop(stopAsked::countDown);
        try (WorkDirectory folder = WorkDirectory.open(settings.stateDirectory(), settings.keep());
                PostgresServer server = startServer(folder)) {
            CustomerViews views = prepare(server);
            return sync(folder, server, views);
        } finally {
            signals.close();
        }
    }

    private PostgresServer startServer(WorkDirectory folder) throws IOException {
        long started = System.nanoTime();
        PostgresServer server =
                PostgresServer.builder()
                        .dataDirectory(folder.path().resolve("postgresql"))
                        // the tables are filled in the transaction that creates them: no log needed
                        .parameter("wal_level", "minimal")
                        .parameter("max_wal_senders", "0")
                        .parameter("max_wal_size", "4GB")
                        .parameter("shared_buffers", "256MB")
                        .parameter("maintenance_work_mem", "128MB")
                        // the job, not the JVM, says when it is done with the server
                        .outlivesShutdownHooks()
                        .start();
        print(
                "PostgreSQL %s, pid %d, started in %s",
                version(server), server.pid(), since(started));
        return server;
    }

    private CustomerViews prepare(PostgresServer server) {
        Optional<CustomerViews> existing = CustomerViews.existing(server);
        if (existing.isPresent()) {
            print("Going on with the data in %s", settings.stateDirectory().orElseThrow());
            return existing.get();
        }
        long started = System.nanoTime();
        CustomerViews views = CustomerViews.create(server, settings.customers());
        print(
                "%,d customers with orders, visits and addresses made in %s",
                settings.customers(), since(started));
        return views;
    }

    private boolean sync(WorkDirectory folder, PostgresServer server, CustomerViews views)
            throws Exception {
        try (SyncRun run = runs.get()) {
            run.start(
                    settings.config(),
                    addresses(server),
                    folder.path().resolve("state"),
                    settings.port());
            printIntroduction(run, views);
            CustomerChangeGenerator changes = CustomerChangeGenerator.start(views.source());
            try (changes) {
                watch(run, changes);
            }
            if (!settings.once() || stopAsked.getCount() == 0) {
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

    private void watch(SyncRun run, CustomerChangeGenerator changes) throws Exception {
        long deadline = System.nanoTime() + settings.changesFor().toNanos();
        while (!stopAsked.await(REFRESH.toMillis(), TimeUnit.MILLISECONDS)) {
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
        long deadline = System.nanoTime() + LEVEL_LIMIT.toNanos();
        while (!run.caughtUpSince(lastChange)) {
            run.showProgress();
            if (System.nanoTime() > deadline) {
                print("Not level after %d minutes.", LEVEL_LIMIT.toMinutes());
                return false;
            }
            if (stopAsked.await(REFRESH.toMillis(), TimeUnit.MILLISECONDS)) {
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

    /** What the example file leaves open: both ends are databases of the one server. */
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
