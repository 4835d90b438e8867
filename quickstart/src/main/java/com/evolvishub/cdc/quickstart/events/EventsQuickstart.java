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

/** One quickstart of the message brokers, from the empty directory to the comparison. */
public final class EventsQuickstart {
    private static final Duration REFRESH = Duration.ofSeconds(1);
    private static final Duration CATCH_UP_TIMEOUT = Duration.ofMinutes(5);

    /** Ensures that each kind of change has happened, even on a slow machine. */
    private static final int MIN_ROUNDS = 3;

    private final EventsQuickstartSettings settings;
    private final Supplier<SyncRun> runs;
    private final PrintWriter out;
    private final CountDownLatch stopRequested = new CountDownLatch(1);

    public EventsQuickstart(
            EventsQuickstartSettings settings, Supplier<SyncRun> runs, PrintWriter out) {
        this.settings = settings;
        this.runs = runs;
        this.out = out;
    }

    /** Runs until it is done or stopped; returns true if no difference was found. */
    public boolean run() throws Exception {
        BrokerJars.require();
        StopSignals signals = StopSignals.onStop(stopRequested::countDown);
        long startNanos = System.nanoTime();
        print("Starting PostgreSQL, Kafka, Pulsar and Redis ...");
        try (EventServers servers = EventServers.start(settings.folder())) {
            print(
                    "PostgreSQL pid %d, Kafka pid %d, Pulsar pid %d, Redis pid %d: started in %.1f s",
                    servers.postgres().pid(),
                    servers.kafka().pid(),
                    servers.pulsar().pid(),
                    servers.redis().pid(),
                    (System.nanoTime() - startNanos) / 1e9);
            Database source = ShopDatabase.create(servers.postgres(), settings.customers());
            return sync(servers, source);
        } finally {
            signals.close();
        }
    }

    private boolean sync(EventServers servers, Database source) throws Exception {
        try (SyncRun run = runs.get();
                TopicFollower topics = new TopicFollower(servers)) {
            run.start(
                    settings.config(),
                    servers.addresses(),
                    settings.folder().resolve("state"),
                    settings.port());
            printIntroduction(run, servers, source);
            awaitFirstLoad(run, topics);
            ShopChangeGenerator changes = ShopChangeGenerator.start(source);
            try (changes) {
                showChanges(changes, topics);
            }
            if (!settings.once() || stopRequested.getCount() == 0) {
                print("Stopping.");
                return true;
            }
            Instant lastChange = Instant.now();
            print("%,d rows changed; waiting until all mappings are level", changes.rowsChanged());
            return awaitCaughtUp(run, topics, lastChange) && compare(servers, source);
        }
    }

    private void printIntroduction(SyncRun run, EventServers servers, Database source) {
        print("");
        print("Running    %s", settings.config());
        print("Web UI     %s", run.webUi());
        print("Source     psql \"%s\"", source.psqlUrl());
        for (EventMapping mapping : EventMapping.ALL) {
            print("%-10s %s", mapping.table(), servers.command(mapping));
        }
        print(
                settings.once()
                        ? "Once each topic has its first rows, rows change for %d s; then every topic is read back and compared with its table."
                        : "Rows keep changing, and each table is read as often as the file says: once a"
                                + " minute. Ctrl-C ends it all.",
                settings.changesFor().toSeconds());
        print("");
    }

    /**
     * Waits for the first messages of each topic. Changes start afterwards, so that polls detect
     * them as updates and deletes.
     */
    private void awaitFirstLoad(SyncRun run, TopicFollower topics) throws Exception {
        while (!topics.hasMessagesInAll()
                && !stopRequested.await(REFRESH.toMillis(), TimeUnit.MILLISECONDS)) {
            // throws if a mapping is quarantined
            run.caughtUpSince(Instant.now());
            topics.printNew(line -> print("%s", line));
        }
    }

    private void showChanges(ShopChangeGenerator changes, TopicFollower topics) throws Exception {
        long deadline = System.nanoTime() + settings.changesFor().toNanos();
        while (!stopRequested.await(REFRESH.toMillis(), TimeUnit.MILLISECONDS)) {
            topics.printNew(line -> print("%s", line));
            if (changes.failure().isPresent()) {
                throw new IllegalStateException(
                        "the source takes no more changes: "
                                + changes.failure().get().getMessage());
            }
            if (settings.once() && System.nanoTime() > deadline && changes.rounds() >= MIN_ROUNDS) {
                return;
            }
        }
    }

    private boolean awaitCaughtUp(SyncRun run, TopicFollower topics, Instant lastChange)
            throws Exception {
        long deadline = System.nanoTime() + CATCH_UP_TIMEOUT.toNanos();
        while (!run.caughtUpSince(lastChange)) {
            topics.printNew(line -> print("%s", line));
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

    private boolean compare(EventServers servers, Database source) throws Exception {
        boolean equal = true;
        for (EventMapping mapping : EventMapping.ALL) {
            try (MessageReader reader = servers.bus(mapping)) {
                TopicComparison comparison =
                        TopicComparison.of(source, mapping.table(), reader.readNew());
                print("%-20s %-16s %s", mapping.mapping(), mapping.topic(), comparison);
                equal &= comparison.equal();
            }
        }
        return equal;
    }

    private void print(String format, Object... arguments) {
        out.printf(Locale.ROOT, format + "%n", arguments);
        out.flush();
    }
}
