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

/** Polls a mapping's destination directly and records the latency of new rows. */
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
     * @param pause the pause between two polls
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

    /** When the newest received row was written, in milliseconds since 1970; 0: none yet. */
    long newestBorn() {
        return newestBorn;
    }

    /** The error that has ended the polling; empty: none. */
    Optional<Exception> failure() {
        return Optional.ofNullable(failure);
    }

    private void run() {
        try {
            if (servers.isDatabase(mapping.destination())) {
                followTable();
            } else {
                followTopic();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            failure = e;
        }
    }

    private void followTopic() throws Exception {
        try (MessageReader reader = servers.messageReader(mapping)) {
            do {
                List<ConsumedMessage> newMessages = reader.readNew();
                long now = System.currentTimeMillis();
                synchronized (messages) {
                    messages.addAll(newMessages);
                }
                for (ConsumedMessage message : newMessages) {
                    if (message.payload().isPresent()) {
                        JsonNode row = JSON.readTree(message.payload().get());
                        recordRow(row.path("id").asLong(), row.path("born_millis").asLong(), now);
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
                if (tableExists(statement)) {
                    readNewRows(statement);
                }
            } while (!stopped.await(pauseMillis, TimeUnit.MILLISECONDS));
        }
    }

    private boolean tableExists(Statement statement) throws SQLException {
        if (newest > 0) {
            return true;
        }
        try (ResultSet result =
                statement.executeQuery("SELECT to_regclass('%s')".formatted(mapping.table()))) {
            return result.next() && result.getString(1) != null;
        }
    }

    private void readNewRows(Statement statement) throws SQLException {
        try (ResultSet rows =
                statement.executeQuery(
                        "SELECT id, born_millis FROM %s WHERE id > %d ORDER BY id"
                                .formatted(mapping.table(), newest))) {
            long now = System.currentTimeMillis();
            while (rows.next()) {
                recordRow(rows.getLong(1), rows.getLong(2), now);
            }
        }
    }

    private void recordRow(long id, long born, long now) {
        if (id > newest) {
            newest = id;
            newestBorn = Math.max(newestBorn, born);
            latencies.add(born, now);
        }
    }

    /**
     * The difference between destination and source, whose rows must not change during the call;
     * empty: none.
     */
    Optional<String> difference() throws SQLException {
        Database source = servers.database(mapping.source());
        if (!servers.isDatabase(mapping.destination())) {
            List<ConsumedMessage> all;
            synchronized (messages) {
                all = List.copyOf(messages);
            }
            TopicComparison comparison = TopicComparison.of(source, mapping.table(), all);
            return comparison.equal() ? Optional.empty() : Optional.of(comparison.toString());
        }
        String sourceContent = content(source);
        String destinationContent = content(servers.database(mapping.destination()));
        return sourceContent.equals(destinationContent)
                ? Optional.empty()
                : Optional.of(
                        "the source has %s, the destination %s"
                                .formatted(sourceContent, destinationContent));
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
