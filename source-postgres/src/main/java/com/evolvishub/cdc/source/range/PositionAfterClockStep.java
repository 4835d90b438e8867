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
 * Watermarks lowered to a time: the database's clock has gone back, and rows written from now on
 * may have watermarks as low as that time.
 *
 * @param after the position; empty: there is none
 * @param lowWatermarks pinned low watermarks, in the given order
 */
public record PositionAfterClockStep(Optional<String> after, List<String> lowWatermarks) {

    public PositionAfterClockStep {
        lowWatermarks = List.copyOf(lowWatermarks);
    }

    /**
     * Queries the lowered values; for a type that is a time.
     *
     * @param zone the time zone of values without one
     * @param time the limit, as a {@code timestamptz}
     * @param lookbackMillis how much lower the low watermarks must be
     */
    public static PositionAfterClockStep ask(
            SourceSession session,
            SqlType type,
            String zone,
            String time,
            long lookbackMillis,
            Optional<String> after,
            List<String> lowWatermarks)
            throws SQLException {
        // a value written at that time may have been truncated or rounded
        String limit =
                "(%s::timestamptz - interval '%d microseconds')"
                        .formatted(SqlLiteral.quote(time), WatermarkScale.typePrecision(type));
        String lowWatermarkLimit =
                "(" + limit + " - interval '" + lookbackMillis + " milliseconds')";
        List<String> columns = new ArrayList<>();
        columns.add(after.map(value -> least(value, limit, type, zone)).orElse("NULL::text"));
        lowWatermarks.forEach(value -> columns.add(least(value, lowWatermarkLimit, type, zone)));
        return session.query(
                "SELECT " + String.join(", ", columns),
                row -> {
                    row.next();
                    List<String> lowered = new ArrayList<>();
                    for (int i = 0; i < lowWatermarks.size(); i++) {
                        lowered.add(row.getString(2 + i));
                    }
                    return new PositionAfterClockStep(
                            Optional.ofNullable(row.getString(1)), lowered);
                });
    }

    private static String least(String value, String time, SqlType type, String zone) {
        boolean isDate = WatermarkScale.of(type) == WatermarkScale.DATE;
        boolean isZoned = type.oid() == 1184;
        String name = isDate ? "date" : isZoned ? "timestamptz" : "timestamp";
        String local =
                isZoned
                        ? time
                        : "(%s AT TIME ZONE %s)::%s".formatted(time, SqlLiteral.quote(zone), name);
        return "least(%s::%s, %s)::text".formatted(SqlLiteral.quote(value), name, local);
    }
}
