package com.evolvishub.cdc.source.watermark;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.SqlType;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detects watermarks that are whole seconds, minutes, hours or days, although their type is finer.
 * Whole hours and days are detected by their distances: a day of another time zone does not begin
 * at midnight UTC, nor at the same time all year. One value that does not fit makes the detected
 * granularity finer, permanently. Used by the polling thread.
 */
public final class GranularityDetector {

    /** The number of different values that must agree. */
    static final int VALUES = 20;

    private static final Logger LOG = LoggerFactory.getLogger(GranularityDetector.class);

    /** The start of a zone's day in UTC: one in summer, one in winter. */
    private static final int DAY_STARTS = 2;

    private final String mapping;
    private final Set<Long> values = new HashSet<>();
    private final Set<Long> inDay = new HashSet<>();
    private final Set<Long> inHour = new HashSet<>();
    private WatermarkGranularity detected = WatermarkGranularity.DAY;
    private long last = WatermarkScale.NOT_ON_SCALE;

    public GranularityDetector(String mapping) {
        this.mapping = mapping;
    }

    /** Adds a row that was read. */
    public void add(ChangeRow row, SqlType type) {
        if (detected == WatermarkGranularity.FINE) {
            return;
        }
        if (WatermarkScale.of(type) != WatermarkScale.TIME) {
            detected = WatermarkGranularity.FINE;
            return;
        }
        long value = WatermarkScale.TIME.toScale(row.watermark());
        boolean isNotFinite = value == Long.MIN_VALUE || value >= WatermarkScale.NOT_ON_SCALE - 1;
        if (value == last || isNotFinite) {
            return;
        }
        last = value;
        if (values.size() < VALUES) {
            values.add(value);
        }
        detected = detected.finerOf(of(value));
    }

    private WatermarkGranularity of(long value) {
        if (value % WatermarkGranularity.SECOND.micros() != 0) {
            return WatermarkGranularity.FINE;
        }
        if (value % WatermarkGranularity.MINUTE.micros() != 0) {
            return WatermarkGranularity.SECOND;
        }
        if (inHour.size() < 2) {
            inHour.add(Math.floorMod(value, WatermarkGranularity.HOUR.micros()));
        }
        if (inHour.size() > 1) {
            return WatermarkGranularity.MINUTE;
        }
        if (inDay.size() <= DAY_STARTS) {
            inDay.add(Math.floorMod(value, WatermarkGranularity.DAY.micros()));
        }
        return inDay.size() > DAY_STARTS ? WatermarkGranularity.HOUR : WatermarkGranularity.DAY;
    }

    /** Merges the granularity known before with that of a completed read, and logs changes. */
    public WatermarkGranularity merge(WatermarkGranularity before, String column) {
        WatermarkGranularity merged = before.finerOf(detected);
        if (before == WatermarkGranularity.UNKNOWN
                && detected != WatermarkGranularity.FINE
                && values.size() < VALUES) {
            return before;
        }
        if (merged != before && merged.isCoarse()) {
            LOG.info(
                    "{}: the values of {} are whole {}s; more rows of one may come until its {} is over, so the last {} is read again besides the look-back",
                    mapping,
                    column,
                    merged.unitName(),
                    merged.unitName(),
                    merged.unitName());
        } else if (merged != before && before.isCoarse()) {
            LOG.info("{}: the values of {} are no whole {}s", mapping, column, before.unitName());
        }
        return merged;
    }

    /** Widens the look-back by the granularity of the watermark. */
    public static Capture.ByWatermark withWidenedLookback(
            Capture.ByWatermark by, WatermarkGranularity granularity) {
        return granularity.isCoarse()
                ? by.withLookback(
                        by.lookback().plus(Duration.ofMillis(granularity.micros() / 1000)))
                : by;
    }
}
