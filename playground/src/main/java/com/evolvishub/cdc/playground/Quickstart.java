package com.evolvishub.cdc.playground;

import com.evolvishub.cdc.job.cli.Signals;
import com.evolvishub.cdc.playground.run.SyncRun;
import com.evolvishub.cdc.servers.PostgresServer;
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
        Signals signals = Signals.onStop(stopAsked::countDown);
        try (WorkFolder folder = WorkFolder.open(settings.stateDirectory(), settings.keep());
                PostgresServer server = startServer(folder)) {
            CustomerViews views = prepare(server);
            return sync(folder, server, views);
        } finally {
            signals.close();
        }
    }

    private PostgresServer startServer(WorkFolder folder) throws IOException {
        long started = System.nanoTime();
        PostgresServer server =
                PostgresServer.builder()
                        .keepsDataIn(folder.path().resolve("postgresql"))
                        // the tables are filled in the transaction that creates them: no log needed
                        .parameter("wal_level", "minimal")
                        .parameter("max_wal_senders", "0")
                        .parameter("max_wal_size", "4GB")
                        .parameter("shared_buffers", "256MB")
                        .parameter("maintenance_work_mem", "128MB")
                        // the job, not the JVM, says when it is done with the server
                        .outlivesShutdownHooks()
                        .start();
        say("PostgreSQL %s, pid %d, started in %s", version(server), server.pid(), since(started));
        return server;
    }

    private CustomerViews prepare(PostgresServer server) {
        Optional<CustomerViews> existing = CustomerViews.existing(server);
        if (existing.isPresent()) {
            say("Going on with the data in %s", settings.stateDirectory().orElseThrow());
            return existing.get();
        }
        long started = System.nanoTime();
        CustomerViews views = CustomerViews.create(server, settings.customers());
        say(
                "%,d customers with orders, visits and addresses made in %s",
                settings.customers(), since(started));
        return views;
    }

    private boolean sync(WorkFolder folder, PostgresServer server, CustomerViews views)
            throws Exception {
        try (SyncRun run = runs.get()) {
            run.start(
                    settings.config(),
                    addresses(server),
                    folder.path().resolve("state"),
                    settings.port());
            introduce(run, views);
            ChangeMaker changes = ChangeMaker.start(views.source());
            try (changes) {
                watch(run, changes);
            }
            if (!settings.once() || stopAsked.getCount() == 0) {
                say("Stopping.");
                return true;
            }
            Instant lastChange = Instant.now();
            say("%,d rows changed; waiting until all mappings are level", changes.rowsChanged());
            return awaitLevel(run, lastChange) && compare(views);
        }
    }

    private void introduce(SyncRun run, CustomerViews views) {
        say("");
        say("Running    %s", settings.config());
        say("Web UI     %s", run.webUi());
        say("Source     psql \"%s\"", views.source().psqlUrl());
        say("Warehouse  psql \"%s\"", views.destination().psqlUrl());
        say(
                settings.once()
                        ? "Rows change for %d s; then every view is compared with its table."
                        : "Rows keep changing, about 200 a second. Ctrl-C ends it all.",
                settings.changesFor().toSeconds());
        say("");
    }

    private void watch(SyncRun run, ChangeMaker changes) throws Exception {
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

    private boolean awaitLevel(SyncRun run, Instant lastChange) throws Exception {
        long deadline = System.nanoTime() + LEVEL_LIMIT.toNanos();
        while (!run.levelSince(lastChange)) {
            run.showProgress();
            if (System.nanoTime() > deadline) {
                say("Not level after %d minutes.", LEVEL_LIMIT.toMinutes());
                return false;
            }
            if (stopAsked.await(REFRESH.toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
        return true;
    }

    private boolean compare(CustomerViews views) {
        List<Comparison> comparisons =
                CustomerViews.PAIRS.stream().map(pair -> Comparison.of(views, pair)).toList();
        ComparisonReport.lines(comparisons).forEach(line -> say("%s", line));
        return comparisons.stream().allMatch(Comparison::equal);
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

    private void say(String format, Object... arguments) {
        out.printf(Locale.ROOT, format + "%n", arguments);
        out.flush();
    }
}
