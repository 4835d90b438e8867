package com.evolvishub.cdc.capture.postgres;

import com.evolvishub.cdc.capture.watermark.WatermarkScale;
import com.evolvishub.cdc.flow.SqlType;
import com.evolvishub.cdc.planner.physical.SqlLiteral;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Watermarks that lie above a moment, brought down to it: the database's clock has gone back, and
 * what is written from now on may lie as low as the moment.
 *
 * @param after the position; empty: there is none
 * @param floors pinned low watermarks, in their order
 */
public record SteppedPosition(Optional<String> after, List<String> floors) {

    public SteppedPosition {
        floors = List.copyOf(floors);
    }

    /**
     * Asks, of a type that is a time.
     *
     * @param zone the zone that values without one are meant in
     * @param moment as a {@code timestamptz}
     * @param lookbackMillis how much lower floors have to be
     */
    public static SteppedPosition ask(
            SourceSession session,
            SqlType type,
            String zone,
            String moment,
            long lookbackMillis,
            Optional<String> after,
            List<String> floors)
            throws SQLException {
        // what is written at the moment may have been cut off or rounded
        String at =
                "(%s::timestamptz - interval '%d microseconds')"
                        .formatted(SqlLiteral.quote(moment), WatermarkScale.granule(type));
        String lower = "(" + at + " - interval '" + lookbackMillis + " milliseconds')";
        List<String> columns = new ArrayList<>();
        columns.add(after.map(value -> least(value, at, type, zone)).orElse("NULL::text"));
        floors.forEach(value -> columns.add(least(value, lower, type, zone)));
        return session.query(
                "SELECT " + String.join(", ", columns),
                found -> {
                    found.next();
                    List<String> lowered = new ArrayList<>();
                    for (int i = 0; i < floors.size(); i++) {
                        lowered.add(found.getString(2 + i));
                    }
                    return new SteppedPosition(Optional.ofNullable(found.getString(1)), lowered);
                });
    }

    private static String least(String value, String moment, SqlType type, String zone) {
        boolean isDate = WatermarkScale.of(type) == WatermarkScale.DATE;
        boolean isZoned = type.oid() == 1184;
        String name = isDate ? "date" : isZoned ? "timestamptz" : "timestamp";
        String local =
                isZoned
                        ? moment
                        : "(%s AT TIME ZONE %s)::%s"
                                .formatted(moment, SqlLiteral.quote(zone), name);
        return "least(%s::%s, %s)::text".formatted(SqlLiteral.quote(value), name, local);
    }
}
