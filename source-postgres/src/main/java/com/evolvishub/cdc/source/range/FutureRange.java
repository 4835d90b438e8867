package com.evolvishub.cdc.source.range;

import com.evolvishub.cdc.planner.sql.FutureBound;
import com.evolvishub.cdc.planner.sql.SqlLiteral;
import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.source.session.SourceSession;
import com.evolvishub.cdc.source.split.SourceTimeState;
import com.evolvishub.cdc.source.watermark.WatermarkScale;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * Computes the future bound: rows above it are later than the database's clock. Future rows are
 * read at each poll until the clock reaches them; many of them are read less often.
 */
public final class FutureRange {

    /** Above this number future rows are read only once per interval. */
    static final long MANY = 10_000;

    private static final Duration INTERVAL = Duration.ofMinutes(1);

    // pg_type.oid of the built-in types
    private static final int FLOAT4 = 700;
    private static final int FLOAT8 = 701;
    private static final int NUMERIC = 1700;

    private FutureRange() {}

    /**
     * Returns the future bound.
     *
     * @param now the database's time, in microseconds since 1970
     * @param forced whether future rows are read in any case
     */
    public static Optional<FutureBound> futureBound(
            SourceSession session,
            SqlType type,
            WatermarkBounds bounds,
            SourceTimeState time,
            long now,
            boolean forced)
            throws SQLException {
        Optional<FutureBound> futureBound = bound(session, type, bounds);
        boolean due =
                forced || time.futureRows() <= MANY || intervalPassed(time.futureReadAt(), now);
        return due ? futureBound : futureBound.map(FutureBound::withoutFlag);
    }

    private static boolean intervalPassed(long readAt, long now) {
        return now < readAt || now - readAt >= INTERVAL.toMillis() * 1000;
    }

    private static Optional<FutureBound> bound(
            SourceSession session, SqlType type, WatermarkBounds bounds) throws SQLException {
        WatermarkScale scale = WatermarkScale.of(type);
        if (scale == WatermarkScale.TIME || scale == WatermarkScale.DATE) {
            return Optional.of(new FutureBound(SqlLiteral.quote(bounds.upTo()), false, true));
        }
        return switch (type.oid()) {
            case FLOAT4, FLOAT8 -> Optional.of(above("Infinity"));
            // before version 14 there is NaN alone
            case NUMERIC -> Optional.of(above(session.majorVersion() < 14 ? "NaN" : "Infinity"));
            default -> Optional.empty();
        };
    }

    private static FutureBound above(String number) {
        return new FutureBound(SqlLiteral.quote(number), true, true);
    }
}
