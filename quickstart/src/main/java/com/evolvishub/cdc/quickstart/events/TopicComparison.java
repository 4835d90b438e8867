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
 * All messages of a topic beside the table they tell of.
 *
 * @param messages how many there are
 * @param deletes how many of them tell that a row is gone
 * @param repeated messages whose event id was there before
 * @param lost numbers below the highest of a pipeline that no message has
 * @param fallen messages whose number is not above the one before it in its partition
 * @param rows rows of the table
 * @param missing rows of the table that no key's newest message holds
 * @param surplus newest messages of keys that are no row of the table
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

    /** Compares now. Rows that change meanwhile make both differ. */
    public static TopicComparison of(Database source, String table, List<ConsumedMessage> messages)
            throws SQLException {
        Set<String> ids = new HashSet<>();
        Map<String, Long> highest = new HashMap<>();
        Map<String, Long> before = new HashMap<>();
        Map<String, String> newest = new LinkedHashMap<>();
        long deletes = 0;
        long fallen = 0;
        for (ConsumedMessage message : messages) {
            ids.add(message.eventId());
            highest.merge(message.pipeline(), message.number(), Math::max);
            Long last =
                    before.put(message.partition() + " " + message.pipeline(), message.number());
            if (last != null && last >= message.number()) {
                fallen++;
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
                fallen,
                counts[0],
                counts[1],
                counts[2]);
    }

    /** PostgreSQL itself makes rows of the JSON, and says which are not the same. */
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

    /** Whether the topic tells the table, each version once and in order. */
    public boolean equal() {
        return repeated == 0
                && missingNumbers == 0
                && outOfOrder == 0
                && missing == 0
                && surplus == 0;
    }

    @Override
    public String toString() {
        String told =
                String.format(
                        Locale.ROOT,
                        "%,9d rows %,9d messages %,7d deletes  ",
                        rows,
                        messages,
                        deletes);
        return equal()
                ? told + "equal"
                : told
                        + "DIFFERENT: %d event ids come again, %d are not there, %d out of order; %d rows missing or old, %d too many"
                                .formatted(repeated, missingNumbers, outOfOrder, missing, surplus);
    }
}
