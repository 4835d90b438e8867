package com.evolvishub.cdc.source.range;

import com.evolvishub.cdc.planner.sql.SqlLiteral;
import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.source.session.SourceSession;
import com.evolvishub.cdc.source.watermark.WatermarkScale;
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
public record PositionAfterClockStep(Optional<String> after, List<String> lowWatermarks) {

    public PositionAfterClockStep {
        lowWatermarks = List.copyOf(lowWatermarks);
    }

    /**
     * Asks, of a type that is a time.
     *
     * @param zone the zone that values without one are meant in
     * @param moment as a {@code timestamptz}
     * @param lookbackMillis how much lower floors have to be
     */
    public static PositionAfterClockStep ask(
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
                        .formatted(SqlLiteral.quote(moment), WatermarkScale.typePrecision(type));
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
                    return new PositionAfterClockStep(
                            Optional.ofNullable(found.getString(1)), lowered);
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
