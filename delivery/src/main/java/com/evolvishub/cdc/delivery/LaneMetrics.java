package com.evolvishub.cdc.delivery;

import static com.evolvishub.cdc.flow.MetricName.BYTES_WRITTEN;
import static com.evolvishub.cdc.flow.MetricName.CAUSE;
import static com.evolvishub.cdc.flow.MetricName.DELETES_UNCONFIRMED;
import static com.evolvishub.cdc.flow.MetricName.DELIVERED_AS_OF;
import static com.evolvishub.cdc.flow.MetricName.ERRORS;
import static com.evolvishub.cdc.flow.MetricName.EXPECTED_ROWS;
import static com.evolvishub.cdc.flow.MetricName.EXTRA_ROWS;
import static com.evolvishub.cdc.flow.MetricName.FUTURE_WATERMARKS;
import static com.evolvishub.cdc.flow.MetricName.LAG_SECONDS;
import static com.evolvishub.cdc.flow.MetricName.LAST_ERROR;
import static com.evolvishub.cdc.flow.MetricName.LAST_POLL;
import static com.evolvishub.cdc.flow.MetricName.NEXT_TRY;
import static com.evolvishub.cdc.flow.MetricName.NULL_WATERMARKS;
import static com.evolvishub.cdc.flow.MetricName.POLLS;
import static com.evolvishub.cdc.flow.MetricName.POLL_MILLIS;
import static com.evolvishub.cdc.flow.MetricName.REREAD_FLOOR;
import static com.evolvishub.cdc.flow.MetricName.RETRIES;
import static com.evolvishub.cdc.flow.MetricName.ROWS_PUT_ASIDE;
import static com.evolvishub.cdc.flow.MetricName.ROWS_QUEUED;
import static com.evolvishub.cdc.flow.MetricName.ROWS_READ;
import static com.evolvishub.cdc.flow.MetricName.ROWS_REMEMBERED;
import static com.evolvishub.cdc.flow.MetricName.ROWS_SKIPPED;
import static com.evolvishub.cdc.flow.MetricName.ROWS_UNCHANGED;
import static com.evolvishub.cdc.flow.MetricName.ROWS_WRITTEN;
import static com.evolvishub.cdc.flow.MetricName.SINCE;
import static com.evolvishub.cdc.flow.MetricName.STATE;
import static com.evolvishub.cdc.flow.MetricName.WATERMARK;
import static com.evolvishub.cdc.flow.MetricName.WATERMARK_GRANULE_SECONDS;

import com.evolvishub.cdc.flow.LaneStatus;
import com.evolvishub.cdc.flow.MetricName;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** Shows a lane's status as Flink metrics. All are gauges: they go on from restored totals. */
final class LaneMetrics {

    private final MetricGroup group;

    private LaneMetrics(MetricGroup group) {
        this.group = group;
    }

    /** Registers them in the group {@code mapping=<name>} below the operator's own. */
    static void register(MetricGroup operator, String mapping, LaneStatus status, Clock clock) {
        new LaneMetrics(operator.addGroup("mapping", mapping)).register(status, clock);
    }

    private void register(LaneStatus status, Clock clock) {
        show(ROWS_READ, status.rowsRead::get);
        show(ROWS_WRITTEN, status.rowsWritten::get);
        show(ROWS_UNCHANGED, status.rowsUnchanged::get);
        show(BYTES_WRITTEN, status.bytesWritten::get);
        show(ROWS_QUEUED, status.rowsQueued::get);
        show(POLLS, status.polls::get);
        show(POLL_MILLIS, status.pollMillis::get);
        show(ERRORS, status.errors::get);
        show(RETRIES, status.retries::get);
        show(NULL_WATERMARKS, status.nullWatermarks::get);
        show(FUTURE_WATERMARKS, status.futureWatermarks::get);
        show(WATERMARK_GRANULE_SECONDS, status.watermarkGranuleSeconds::get);
        show(DELETES_UNCONFIRMED, status.deletesUnconfirmed::get);
        show(ROWS_REMEMBERED, status.rowsRemembered::get);
        show(ROWS_SKIPPED, status.rowsSkipped::get);
        show(ROWS_PUT_ASIDE, status.rowsPutAside::get);
        show(EXTRA_ROWS, status.extraRows::get);
        show(REREAD_FLOOR, status::floor);
        show(EXPECTED_ROWS, status::expectedRows);
        show(LAG_SECONDS, () -> lagSeconds(status.deliveredAsOf(), clock.instant()));
        show(STATE, () -> status.overall().state().label());
        show(CAUSE, () -> status.overall().cause());
        show(SINCE, () -> status.overall().since().toString());
        show(NEXT_TRY, () -> text(status.overall().nextTry()));
        show(WATERMARK, status::watermark);
        show(LAST_POLL, () -> text(status.lastPoll()));
        show(DELIVERED_AS_OF, () -> text(status.deliveredAsOf()));
        show(LAST_ERROR, status::lastError);
    }

    private <T> void show(MetricName name, Supplier<T> value) {
        group.gauge(name.label(), (Gauge<T>) value::get);
    }

    private static double lagSeconds(Optional<Instant> deliveredAsOf, Instant now) {
        return deliveredAsOf
                .map(asOf -> Math.max(0, Duration.between(asOf, now).toMillis() / 1000.0))
                .orElse(Double.NaN);
    }

    private static String text(Optional<Instant> instant) {
        return instant.map(Instant::toString).orElse("");
    }
}
