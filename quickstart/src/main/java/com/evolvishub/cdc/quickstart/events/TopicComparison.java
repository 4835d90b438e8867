package com.evolvishub.cdc.quickstart.events;

import com.evolvishub.cdc.testing.postgres.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A comparison of all messages of a topic with the rows of its source table.
 *
 * @param messages number of messages
 * @param deletes number of messages that report a deleted row
 * @param repeated messages with an event id that an earlier message has
 * @param missingNumbers sequence numbers up to a pipeline's highest that no message has
 * @param outOfOrder messages whose sequence number is not above the previous one in their partition
 * @param rows rows of the table
 * @param missing rows of the table that differ from the newest message of their key or have none
 * @param surplus newest messages that match no row of the table
 */
public record TopicComparison(
        long messages,
        long deletes,
        long repeated,
        long missingNumbers,
        long outOfOrder,
        long rows,
        long missing,
        long surplus) {

    /** Compares now. Rows that change during the comparison show up as differences. */
    public static TopicComparison of(Database source, String table, List<ConsumedMessage> messages)
            throws SQLException {
        Set<String> ids = new HashSet<>();
        Map<String, Long> highest = new HashMap<>();
        Map<String, Long> lastNumbers = new HashMap<>();
        Map<String, String> newest = new LinkedHashMap<>();
        long deletes = 0;
        long outOfOrder = 0;
        for (ConsumedMessage message : messages) {
            ids.add(message.eventId());
            highest.merge(message.pipeline(), message.number(), Math::max);
            Long previous =
                    lastNumbers.put(
                            message.partition() + " " + message.pipeline(), message.number());
            if (previous != null && previous >= message.number()) {
                outOfOrder++;
            }
            if (message.payload().isEmpty()) {
                deletes++;
                newest.remove(message.key());
            } else {
                newest.put(message.key(), message.payload().get());
            }
        }
        long numbers = highest.values().stream().mapToLong(Long::longValue).sum();
        long[] counts = compare(source, table, newest.values());
        return new TopicComparison(
                messages.size(),
                deletes,
                messages.size() - ids.size(),
                numbers - ids.size(),
                outOfOrder,
                counts[0],
                counts[1],
                counts[2]);
    }

    /** Lets PostgreSQL convert the JSON to rows and compare them. */
    private static long[] compare(Database source, String table, Collection<String> newest)
            throws SQLException {
        String read =
                "SELECT r.* FROM read_back, jsonb_populate_record(NULL::%s, content) r"
                        .formatted(table);
        try (Connection connection = source.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TEMPORARY TABLE read_back (content jsonb NOT NULL)");
            try (PreparedStatement fill =
                    connection.prepareStatement(
                            "INSERT INTO read_back SELECT unnest(?::text[])::jsonb")) {
                fill.setArray(1, connection.createArrayOf("text", newest.toArray()));
                fill.execute();
            }
            try (ResultSet counts =
                    statement.executeQuery(
                            """
                            SELECT (SELECT count(*) FROM %1$s),
                                   (SELECT count(*) FROM (TABLE %1$s EXCEPT ALL %2$s) missing),
                                   (SELECT count(*) FROM (%2$s EXCEPT ALL TABLE %1$s) surplus)
                            """
                                    .formatted(table, read))) {
                counts.next();
                return new long[] {counts.getLong(1), counts.getLong(2), counts.getLong(3)};
            }
        }
    }

    /** Whether the topic matches the table, with each sequence number once and in order. */
    public boolean equal() {
        return repeated == 0
                && missingNumbers == 0
                && outOfOrder == 0
                && missing == 0
                && surplus == 0;
    }

    @Override
    public String toString() {
        String counts =
                String.format(
                        Locale.ROOT,
                        "%,9d rows %,9d messages %,7d deletes  ",
                        rows,
                        messages,
                        deletes);
        return equal()
                ? counts + "equal"
                : counts
                        + "DIFFERENT: %d event ids come again, %d are not there, %d out of order; %d rows missing or old, %d too many"
                                .formatted(repeated, missingNumbers, outOfOrder, missing, surplus);
    }
}
