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
 * Recognises watermarks that are whole seconds, minutes, hours or days, though their type is finer.
 * Whole hours and days are told by their distances: a day of another zone does not begin at
 * midnight UTC, and not at the same time all year. One value that does not fit narrows what was
 * recognised, for good. Used by the polling thread.
 */
public final class GranularityDetector {

    /** So many different values have to agree. */
    static final int VALUES = 20;

    private static final Logger LOG = LoggerFactory.getLogger(GranularityDetector.class);

    /** Where a day of a zone begins in UTC: in summer, and in winter. */
    private static final int DAY_STARTS = 2;

    private final String mapping;
    private final Set<Long> values = new HashSet<>();
    private final Set<Long> inDay = new HashSet<>();
    private final Set<Long> inHour = new HashSet<>();
    private WatermarkGranularity fit = WatermarkGranularity.DAY;
    private long last = WatermarkScale.NOT_ON_SCALE;

    public GranularityDetector(String mapping) {
        this.mapping = mapping;
    }

    /** A row was read. */
    public void add(ChangeRow row, SqlType type) {
        if (fit == WatermarkGranularity.FINE) {
            return;
        }
        if (WatermarkScale.of(type) != WatermarkScale.TIME) {
            fit = WatermarkGranularity.FINE;
            return;
        }
        long value = WatermarkScale.TIME.toScale(row.watermark());
        boolean isNoTime = value == Long.MIN_VALUE || value >= WatermarkScale.NOT_ON_SCALE - 1;
        if (value == last || isNoTime) {
            return;
        }
        last = value;
        if (values.size() < VALUES) {
            values.add(value);
        }
        fit = fit.finerOf(of(value));
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

    /** What is known after a read that came to its end, and what was known before; logs changes. */
    public WatermarkGranularity merge(WatermarkGranularity before, String column) {
        WatermarkGranularity now = before.finerOf(fit);
        if (before == WatermarkGranularity.UNKNOWN
                && fit != WatermarkGranularity.FINE
                && values.size() < VALUES) {
            return before;
        }
        if (now != before && now.isCoarse()) {
            LOG.info(
                    "{}: the values of {} are whole {}s; more rows of one may come until its {} is over, so the last {} is read again besides the look-back",
                    mapping,
                    column,
                    now.unitName(),
                    now.unitName(),
                    now.unitName());
        } else if (now != before && before.isCoarse()) {
            LOG.info("{}: the values of {} are no whole {}s", mapping, column, before.unitName());
        }
        return now;
    }

    /** The same capture, whose look-back is longer by what a value stands for. */
    public static Capture.ByWatermark withWidenedLookback(
            Capture.ByWatermark by, WatermarkGranularity granule) {
        return granule.isCoarse()
                ? by.withLookback(by.lookback().plus(Duration.ofMillis(granule.micros() / 1000)))
                : by;
    }
}
