package com.evolvishub.cdc.source.range;

import com.evolvishub.cdc.planner.sql.SqlLiteral;
import com.evolvishub.cdc.source.session.CombinedQuery;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;

/**
 * The moment from which a query asks for what is new, as text of each type that its place may have.
 *
 * @param since by the name of the type
 */
public record LastSyncTimes(Map<String, String> since) {

    /**
     * To be asked by the statement that takes the snapshot.
     *
     * @param zone the zone that values without one are meant in
     * @param since the moment as a {@code timestamptz}; a date lies a whole day further back;
     *     empty: there is none
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

    private static LastSyncTimes read(ResultSet found, int before) throws SQLException {
        return new LastSyncTimes(
                Map.of(
                        "timestamptz", found.getString(before + 1),
                        "timestamp", found.getString(before + 2),
                        "date", found.getString(before + 3)));
    }
}
