package com.evolvishub.cdc.source.transactions;

import com.evolvishub.cdc.runtime.pipeline.PipelineStatus;
import com.evolvishub.cdc.source.watermark.WatermarkScale;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells people which transactions make polls reach back, and for how long. */
public final class LowWatermarkReporter {

    private static final Logger LOG = LoggerFactory.getLogger(LowWatermarkReporter.class);
    private static final Duration REPORT_AFTER = Duration.ofMinutes(1);

    private final String mapping;
    private final PipelineStatus status;
    private String lastReported = "";

    public LowWatermarkReporter(String mapping, PipelineStatus status) {
        this.mapping = mapping;
        this.status = status;
    }

    /** See {@link TransactionTracker#releaseOlderThan}. */
    public TransactionTracker releaseOlderThan(
            TransactionTracker looks, Duration longest, TransactionSnapshot look) {
        TransactionTracker after = looks.releaseOlderThan(longest, look);
        for (PinnedLowWatermark pin : looks.openPins()) {
            if (after.openPins().stream()
                    .noneMatch(one -> one.virtualId().equals(pin.virtualId()))) {
                LOG.warn(
                        "{}: {} has been open for longer than max_pin_seconds; rows that it brings below the position will not be seen",
                        mapping,
                        pin.description());
            }
        }
        return after;
    }

    /** Shows the floor that lies furthest back; logs it once, when it has been held for long. */
    public void report(TransactionTracker looks, TransactionSnapshot look, WatermarkScale scale) {
        Optional<PinnedLowWatermark> oldest = looks.oldestOpen();
        if (oldest.isEmpty()) {
            status.lowWatermark(replay(look));
            lastReported = "";
            return;
        }
        PinnedLowWatermark pin = oldest.get();
        Duration held =
                Duration.ofMillis(
                        Math.max(0, (TransactionTracker.micros(look) - pin.since()) / 1000));
        status.lowWatermark(
                "re-read floor %s, held for %s by %s"
                        .formatted(
                                describePosition(pin, look, scale),
                                format(held),
                                pin.description()));
        if (held.compareTo(REPORT_AFTER) > 0 && !lastReported.equals(pin.virtualId())) {
            lastReported = pin.virtualId();
            LOG.warn("{}: {}", mapping, status.lowWatermark());
        }
    }

    /** How far replay has come, where that is far behind; empty: near, or no standby. */
    private static String replay(TransactionSnapshot look) {
        long behind =
                TransactionTracker.micros(look) - WatermarkScale.TIME.toScale(look.completeTo());
        boolean worthTelling = look.standby() && behind > REPORT_AFTER.toMillis() * 2000;
        return worthTelling
                ? "the standby has replayed what its primary committed until " + look.completeTo()
                : "";
    }

    private static String describePosition(
            PinnedLowWatermark pin, TransactionSnapshot look, WatermarkScale scale) {
        if (pin.lowWatermark().isStart()) {
            return "at the start";
        }
        String value = pin.lowWatermark().values().get(0);
        long place = scale.toScale(value);
        boolean time = scale == WatermarkScale.TIME || scale == WatermarkScale.DATE;
        if (!time || place == WatermarkScale.NOT_ON_SCALE || place == Long.MIN_VALUE) {
            return "at " + value;
        }
        return format(
                        Duration.ofMillis(
                                Math.max(0, (TransactionTracker.micros(look) - place) / 1000)))
                + " back";
    }

    private static String format(Duration duration) {
        if (duration.toHours() > 0) {
            return duration.toHours() + " h " + duration.toMinutesPart() + " min";
        }
        return duration.toMinutes() > 0
                ? duration.toMinutes() + " min " + duration.toSecondsPart() + " s"
                : duration.toSeconds() + " s";
    }
}
