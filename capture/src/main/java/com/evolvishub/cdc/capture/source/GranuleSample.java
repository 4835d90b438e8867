package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.watermark.WatermarkScale;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.SqlType;
import com.evolvishub.cdc.planner.physical.Capture;
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
final class GranuleSample {

    /** So many different values have to agree. */
    static final int VALUES = 20;

    private static final Logger LOG = LoggerFactory.getLogger(GranuleSample.class);

    /** Where a day of a zone begins in UTC: in summer, and in winter. */
    private static final int DAY_STARTS = 2;

    private final String mapping;
    private final Set<Long> values = new HashSet<>();
    private final Set<Long> inDay = new HashSet<>();
    private final Set<Long> inHour = new HashSet<>();
    private Granule fit = Granule.DAY;
    private long last = WatermarkScale.NOWHERE;

    GranuleSample(String mapping) {
        this.mapping = mapping;
    }

    /** A row was read. */
    void add(ChangeRow row, SqlType type) {
        if (fit == Granule.FINE) {
            return;
        }
        if (WatermarkScale.of(type) != WatermarkScale.TIME) {
            fit = Granule.FINE;
            return;
        }
        long value = WatermarkScale.TIME.place(row.watermark());
        boolean isNoTime = value == Long.MIN_VALUE || value >= WatermarkScale.NOWHERE - 1;
        if (value == last || isNoTime) {
            return;
        }
        last = value;
        if (values.size() < VALUES) {
            values.add(value);
        }
        fit = fit.and(of(value));
    }

    private Granule of(long value) {
        if (value % Granule.SECOND.micros() != 0) {
            return Granule.FINE;
        }
        if (value % Granule.MINUTE.micros() != 0) {
            return Granule.SECOND;
        }
        if (inHour.size() < 2) {
            inHour.add(Math.floorMod(value, Granule.HOUR.micros()));
        }
        if (inHour.size() > 1) {
            return Granule.MINUTE;
        }
        if (inDay.size() <= DAY_STARTS) {
            inDay.add(Math.floorMod(value, Granule.DAY.micros()));
        }
        return inDay.size() > DAY_STARTS ? Granule.HOUR : Granule.DAY;
    }

    /** What is known after a read that came to its end, and what was known before; logs changes. */
    Granule told(Granule before, String column) {
        Granule now = before.and(fit);
        if (before == Granule.UNKNOWN && fit != Granule.FINE && values.size() < VALUES) {
            return before;
        }
        if (now != before && now.isWidened()) {
            LOG.info(
                    "{}: the values of {} are whole {}s; more rows of one may come until its {} is over, so the last {} is read again besides the look-back",
                    mapping,
                    column,
                    now.word(),
                    now.word(),
                    now.word());
        } else if (now != before && before.isWidened()) {
            LOG.info("{}: the values of {} are no whole {}s", mapping, column, before.word());
        }
        return now;
    }

    /** The same capture, whose look-back is longer by what a value stands for. */
    static Capture.ByWatermark widened(Capture.ByWatermark by, Granule granule) {
        return granule.isWidened()
                ? by.lookingBack(by.lookback().plus(Duration.ofMillis(granule.micros() / 1000)))
                : by;
    }
}
