package com.evolvishub.cdc.capture.postgres;

import com.evolvishub.cdc.planner.physical.SqlLiteral;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * The database's time, asked as the first statement of a snapshot: what has a later watermark waits
 * for the next poll.
 *
 * @param now the moment
 * @param text the same as the database writes a {@code timestamptz}
 * @param bounds the moment, as text of each type that a watermark of time may have
 * @param since the moment of the last poll less the look-back, likewise
 */
public record SnapshotTimes(
        Instant now, String text, Map<String, String> bounds, Map<String, String> since) {

    /**
     * To be asked by the statement that takes the snapshot.
     *
     * @param zone the zone that values without one are meant in
     * @param last the last poll's {@link #text}; empty: there was none
     * @param lookback how far behind it {@code since} lies; a date lies a whole day further back
     */
    public static SnapshotStatement.Question<SnapshotTimes> of(
            String zone, String last, Duration lookback) {
        String quotedZone = SqlLiteral.quote(zone);
        String from =
                last.isEmpty()
                        ? "'-infinity'::timestamptz"
                        : "%s::timestamptz - interval '%d milliseconds'"
                                .formatted(SqlLiteral.quote(last), lookback.toMillis());
        String sql =
                """
                SELECT t.now, (extract(epoch FROM t.now) * 1000000)::bigint,
                  t.now AT TIME ZONE %1$s, (t.now AT TIME ZONE %1$s)::date,
                  t.since, t.since AT TIME ZONE %1$s, (t.since AT TIME ZONE %1$s)::date - 1
                FROM (SELECT pg_catalog.now() AS now, %2$s AS since) t
                """
                        .formatted(quotedZone, from);
        return new SnapshotStatement.Question<>(sql, 7, SnapshotTimes::read);
    }

    private static SnapshotTimes read(ResultSet found, int before) throws SQLException {
        String text = found.getString(before + 1);
        return new SnapshotTimes(
                Instant.EPOCH.plus(found.getLong(before + 2), ChronoUnit.MICROS),
                text,
                Map.of(
                        "timestamptz", text,
                        "timestamp", found.getString(before + 3),
                        "date", found.getString(before + 4)),
                Map.of(
                        "timestamptz", found.getString(before + 5),
                        "timestamp", found.getString(before + 6),
                        "date", found.getString(before + 7)));
    }
}
