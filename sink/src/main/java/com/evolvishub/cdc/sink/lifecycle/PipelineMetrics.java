package com.evolvishub.cdc.sink.lifecycle;

import static com.evolvishub.cdc.runtime.pipeline.MetricName.BYTES_WRITTEN;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.CAUSE;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.DEDUPE_STATE_ROWS;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.DELIVERED_AS_OF;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.ERRORS;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.EXPECTED_ROWS;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.EXTRA_ROWS;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.FUTURE_WATERMARKS;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.LAG_SECONDS;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.LAST_ERROR;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.LAST_POLL;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.LOW_WATERMARK;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.NEXT_RETRY;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.NULL_WATERMARKS;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.POLLS;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.POLL_MILLIS;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.RETRIES;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.ROWS_DEAD_LETTERED;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.ROWS_QUEUED;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.ROWS_READ;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.ROWS_SKIPPED;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.ROWS_UNCHANGED;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.ROWS_WRITTEN;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.SINCE;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.STATE;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.UNCONFIRMED_DELETES;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.WATERMARK;
import static com.evolvishub.cdc.runtime.pipeline.MetricName.WATERMARK_GRANULARITY_SECONDS;

import com.evolvishub.cdc.runtime.pipeline.MetricName;
import com.evolvishub.cdc.runtime.pipeline.PipelineStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/**
 * Exports a pipeline's status as Flink metrics. All are gauges, because they continue from restored
 * totals.
 */
final class PipelineMetrics {

    private final MetricGroup group;

    private PipelineMetrics(MetricGroup group) {
        this.group = group;
    }

    /** Registers the metrics in the group {@code mapping=<name>} below the operator's own. */
    static void register(MetricGroup operator, String mapping, PipelineStatus status, Clock clock) {
        new PipelineMetrics(operator.addGroup("mapping", mapping)).register(status, clock);
    }

    private void register(PipelineStatus status, Clock clock) {
        register(ROWS_READ, status.rowsRead::get);
        register(ROWS_WRITTEN, status.rowsWritten::get);
        register(ROWS_UNCHANGED, status.rowsUnchanged::get);
        register(BYTES_WRITTEN, status.bytesWritten::get);
        register(ROWS_QUEUED, status.rowsQueued::get);
        register(POLLS, status.polls::get);
        register(POLL_MILLIS, status.pollMillis::get);
        register(ERRORS, status.errors::get);
        register(RETRIES, status.retries::get);
        register(NULL_WATERMARKS, status.nullWatermarks::get);
        register(FUTURE_WATERMARKS, status.futureWatermarks::get);
        register(WATERMARK_GRANULARITY_SECONDS, status.watermarkGranularitySeconds::get);
        register(UNCONFIRMED_DELETES, status.unconfirmedDeletes::get);
        register(DEDUPE_STATE_ROWS, status.dedupeStateRows::get);
        register(ROWS_SKIPPED, status.rowsSkipped::get);
        register(ROWS_DEAD_LETTERED, status.rowsDeadLettered::get);
        register(EXTRA_ROWS, status.extraRows::get);
        register(LOW_WATERMARK, status::lowWatermark);
        register(EXPECTED_ROWS, status::expectedRows);
        register(LAG_SECONDS, () -> lagSeconds(status.deliveredAsOf(), clock.instant()));
        register(STATE, () -> status.overall().state().label());
        register(CAUSE, () -> status.overall().cause());
        register(SINCE, () -> status.overall().since().toString());
        register(NEXT_RETRY, () -> text(status.overall().nextRetry()));
        register(WATERMARK, status::watermark);
        register(LAST_POLL, () -> text(status.lastPoll()));
        register(DELIVERED_AS_OF, () -> text(status.deliveredAsOf()));
        register(LAST_ERROR, status::lastError);
    }

    private <T> void register(MetricName name, Supplier<T> value) {
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
