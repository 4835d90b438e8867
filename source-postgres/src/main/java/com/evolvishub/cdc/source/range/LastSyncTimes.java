package com.evolvishub.cdc.source.range;

import com.evolvishub.cdc.planner.sql.SqlLiteral;
import com.evolvishub.cdc.source.session.CombinedQuery;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;

/**
 * The time since which a query selects changes, as text of each type that the placeholder may have.
 *
 * @param since by the name of the type
 */
public record LastSyncTimes(Map<String, String> since) {

    /**
     * A query of the statement that takes the database snapshot.
     *
     * @param zone the time zone of values without one
     * @param since the time as a {@code timestamptz}, of which the date is taken a whole day
     *     earlier; empty: there is none
     */
    public static CombinedQuery.Question<LastSyncTimes> of(String zone, String since) {
        String sql =
                """
                SELECT t.since, t.since AT TIME ZONE %1$s, (t.since AT TIME ZONE %1$s)::date - 1
                FROM (SELECT %2$s::timestamptz AS since) t
                """
                        .formatted(
                                SqlLiteral.quote(zone),
                                SqlLiteral.quote(since.isEmpty() ? "-infinity" : since));
        return new CombinedQuery.Question<>(sql, 3, LastSyncTimes::read);
    }

    private static LastSyncTimes read(ResultSet row, int firstColumn) throws SQLException {
        return new LastSyncTimes(
                Map.of(
                        "timestamptz", row.getString(firstColumn + 1),
                        "timestamp", row.getString(firstColumn + 2),
                        "date", row.getString(firstColumn + 3)));
    }
}
