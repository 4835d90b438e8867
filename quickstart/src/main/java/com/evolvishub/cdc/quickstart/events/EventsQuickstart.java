package com.evolvishub.cdc.quickstart.events;

import com.evolvishub.cdc.job.cli.terminal.StopSignals;
import com.evolvishub.cdc.quickstart.run.SyncRun;
import com.evolvishub.cdc.testing.postgres.Database;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** One quickstart of the event buses, from the empty folder to the reading back. */
public final class EventsQuickstart {
    private static final Duration REFRESH = Duration.ofSeconds(1);
    private static final Duration LEVEL_LIMIT = Duration.ofMinutes(5);

    /** Some of each kind of change are seen, however slow the machine is. */
    private static final int ROUNDS_AT_LEAST = 3;

    private final EventsQuickstartSettings settings;
    private final Supplier<SyncRun> runs;
    private final PrintWriter out;
    private final CountDownLatch stopAsked = new CountDownLatch(1);

    public EventsQuickstart(
            EventsQuickstartSettings settings, Supplier<SyncRun> runs, PrintWriter out) {
        this.settings = settings;
        this.runs = runs;
        this.out = out;
    }

    /** Runs until it is done or stopped; true if nothing was found different. */
    public boolean run() throws Exception {
        BrokerJars.require();
        StopSignals signals = StopSignals.onStop(stopAsked::countDown);
        long started = System.nanoTime();
        print("Starting PostgreSQL, Kafka, Pulsar and Redis ...");
        try (EventServers servers = EventServers.start(settings.folder())) {
            print(
                    "PostgreSQL pid %d, Kafka pid %d, Pulsar pid %d, Redis pid %d: started in %.1f s",
                    servers.postgres().pid(),
                    servers.kafka().pid(),
                    servers.pulsar().pid(),
                    servers.redis().pid(),
                    (System.nanoTime() - started) / 1e9);
            Database source = ShopDatabase.create(servers.postgres(), settings.customers());
            return sync(servers, source);
        } finally {
            signals.close();
        }
    }

    private boolean sync(EventServers servers, Database source) throws Exception {
        try (SyncRun run = runs.get();
                TopicFollower arrivals = new TopicFollower(servers)) {
            run.start(
                    settings.config(),
                    servers.addresses(),
                    settings.folder().resolve("state"),
                    settings.port());
            introduce(run, servers, source);
            awaitFirstLoad(run, arrivals);
            ShopChangeGenerator changes = ShopChangeGenerator.start(source);
            try (changes) {
                watch(changes, arrivals);
            }
            if (!settings.once() || stopAsked.getCount() == 0) {
                print("Stopping.");
                return true;
            }
            Instant lastChange = Instant.now();
            print("%,d rows changed; waiting until all mappings are level", changes.rowsChanged());
            return awaitCaughtUp(run, arrivals, lastChange) && compare(servers, source);
        }
    }

    private void introduce(SyncRun run, EventServers servers, Database source) {
        print("");
        print("Running    %s", settings.config());
        print("Web UI     %s", run.webUi());
        print("Source     psql \"%s\"", source.psqlUrl());
        for (EventMapping route : EventMapping.ALL) {
            print("%-10s %s", route.table(), servers.command(route));
        }
        print(
                settings.once()
                        ? "Once each topic has its first rows, rows change for %d s; then every topic is read back and compared with its table."
                        : "Rows keep changing, and each table is read as often as the file says: once a"
                                + " minute. Ctrl-C ends it all.",
                settings.changesFor().toSeconds());
        print("");
    }

    /** Rows change from then on, so that updates and deletes are told and not only read over. */
    private void awaitFirstLoad(SyncRun run, TopicFollower arrivals) throws Exception {
        while (!arrivals.hasMessagesInAll()
                && !stopAsked.await(REFRESH.toMillis(), TimeUnit.MILLISECONDS)) {
            // throws if a mapping cannot get there by itself
            run.caughtUpSince(Instant.now());
            arrivals.printNew(line -> print("%s", line));
        }
    }

    private void watch(ShopChangeGenerator changes, TopicFollower arrivals) throws Exception {
        long deadline = System.nanoTime() + settings.changesFor().toNanos();
        while (!stopAsked.await(REFRESH.toMillis(), TimeUnit.MILLISECONDS)) {
            arrivals.printNew(line -> print("%s", line));
            if (changes.failure().isPresent()) {
                throw new IllegalStateException(
                        "the source takes no more changes: "
                                + changes.failure().get().getMessage());
            }
            if (settings.once()
                    && System.nanoTime() > deadline
                    && changes.rounds() >= ROUNDS_AT_LEAST) {
                return;
            }
        }
    }

    private boolean awaitCaughtUp(SyncRun run, TopicFollower arrivals, Instant lastChange)
            throws Exception {
        long deadline = System.nanoTime() + LEVEL_LIMIT.toNanos();
        while (!run.caughtUpSince(lastChange)) {
            arrivals.printNew(line -> print("%s", line));
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

    private boolean compare(EventServers servers, Database source) throws Exception {
        boolean equal = true;
        for (EventMapping route : EventMapping.ALL) {
            try (MessageReader bus = servers.bus(route)) {
                TopicComparison back = TopicComparison.of(source, route.table(), bus.readNew());
                print("%-20s %-16s %s", route.mapping(), route.topic(), back);
                equal &= back.equal();
            }
        }
        return equal;
    }

    private void print(String format, Object... arguments) {
        out.printf(Locale.ROOT, format + "%n", arguments);
        out.flush();
    }
}
