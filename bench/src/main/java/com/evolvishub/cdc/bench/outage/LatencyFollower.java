package com.evolvishub.cdc.bench.outage;

import com.evolvishub.cdc.bench.outage.record.LatencyRecorder;
import com.evolvishub.cdc.quickstart.events.ConsumedMessage;
import com.evolvishub.cdc.quickstart.events.MessageReader;
import com.evolvishub.cdc.quickstart.events.TopicComparison;
import com.evolvishub.cdc.testing.postgres.Database;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Reads a mapping's destination all the time, directly, and notes when new rows are there. */
final class LatencyFollower implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final BenchMapping mapping;
    private final BenchServers servers;
    private final long pauseMillis;
    private final LatencyRecorder latencies = new LatencyRecorder();
    private final List<ConsumedMessage> messages = new ArrayList<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;
    private volatile Exception failure;
    private long newest;
    private volatile long newestBorn;

    /**
     * Follows one mapping.
     *
     * @param pause between two looks
     */
    LatencyFollower(BenchMapping mapping, BenchServers servers, Duration pause) {
        this.mapping = mapping;
        this.servers = servers;
        this.pauseMillis = pause.toMillis();
        this.thread = new Thread(this::run, "follow " + mapping.table());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    LatencyRecorder latencies() {
        return latencies;
    }

    /** When the newest row that was seen was written, in milliseconds since 1970; 0: none was. */
    long newestBorn() {
        return newestBorn;
    }

    /** Why it has ended by itself, if it has. */
    Optional<Exception> failure() {
        return Optional.ofNullable(failure);
    }

    private void run() {
        try {
            if (servers.isDatabase(mapping.destination())) {
                followTable();
            } else {
                followBus();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            failure = e;
        }
    }

    private void followBus() throws Exception {
        try (MessageReader bus = servers.bus(mapping)) {
            do {
                List<ConsumedMessage> fresh = bus.readNew();
                long now = System.currentTimeMillis();
                synchronized (messages) {
                    messages.addAll(fresh);
                }
                for (ConsumedMessage message : fresh) {
                    if (message.payload().isPresent()) {
                        JsonNode row = JSON.readTree(message.payload().get());
                        saw(row.path("id").asLong(), row.path("born_millis").asLong(), now);
                    }
                }
            } while (!stopped.await(pauseMillis, TimeUnit.MILLISECONDS));
        }
    }

    private void followTable() throws Exception {
        Database database = servers.database(mapping.destination());
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            do {
                if (isThere(statement)) {
                    readNewRows(statement);
                }
            } while (!stopped.await(pauseMillis, TimeUnit.MILLISECONDS));
        }
    }

    private boolean isThere(Statement statement) throws SQLException {
        if (newest > 0) {
            return true;
        }
        try (ResultSet found =
                statement.executeQuery("SELECT to_regclass('%s')".formatted(mapping.table()))) {
            return found.next() && found.getString(1) != null;
        }
    }

    private void readNewRows(Statement statement) throws SQLException {
        try (ResultSet rows =
                statement.executeQuery(
                        "SELECT id, born_millis FROM %s WHERE id > %d ORDER BY id"
                                .formatted(mapping.table(), newest))) {
            long now = System.currentTimeMillis();
            while (rows.next()) {
                saw(rows.getLong(1), rows.getLong(2), now);
            }
        }
    }

    private void saw(long id, long born, long now) {
        if (id > newest) {
            newest = id;
            newestBorn = Math.max(newestBorn, born);
            latencies.add(born, now);
        }
    }

    /** How the destination differs from the source, whose rows must not change meanwhile. */
    Optional<String> difference() throws SQLException {
        Database source = servers.database(mapping.source());
        if (!servers.isDatabase(mapping.destination())) {
            List<ConsumedMessage> all;
            synchronized (messages) {
                all = List.copyOf(messages);
            }
            TopicComparison back = TopicComparison.of(source, mapping.table(), all);
            return back.equal() ? Optional.empty() : Optional.of(back.toString());
        }
        String there = content(source);
        String here = content(servers.database(mapping.destination()));
        return there.equals(here)
                ? Optional.empty()
                : Optional.of("the source has %s, the destination %s".formatted(there, here));
    }

    private String content(Database database) {
        return database.queryOne(
                "SELECT count(*) || ' rows, hash ' || coalesce(md5(string_agg(%1$s::text, ',' ORDER BY id)), '-') FROM (SELECT id, changed, born_millis, version FROM %1$s) %1$s"
                        .formatted(mapping.table()));
    }

    @Override
    public void close() {
        stopped.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
