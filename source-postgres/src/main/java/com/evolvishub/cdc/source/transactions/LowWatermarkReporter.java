package com.evolvishub.cdc.source.transactions;

import com.evolvishub.cdc.runtime.pipeline.PipelineStatus;
import com.evolvishub.cdc.source.watermark.WatermarkScale;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports which transactions make polls read again, and for how long. */
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
            TransactionTracker tracker, Duration longest, TransactionSnapshot snapshot) {
        TransactionTracker released = tracker.releaseOlderThan(longest, snapshot);
        for (PinnedLowWatermark pin : tracker.openPins()) {
            if (released.openPins().stream()
                    .noneMatch(one -> one.virtualId().equals(pin.virtualId()))) {
                LOG.warn(
                        "{}: {} has been open for longer than max_pin_seconds; rows that it brings below the position will not be seen",
                        mapping,
                        pin.description());
            }
        }
        return released;
    }

    /** Publishes the earliest pinned low watermark, and logs it once when it is pinned for long. */
    public void report(
            TransactionTracker tracker, TransactionSnapshot snapshot, WatermarkScale scale) {
        Optional<PinnedLowWatermark> oldest = tracker.oldestOpen();
        if (oldest.isEmpty()) {
            status.lowWatermark(replayLag(snapshot));
            lastReported = "";
            return;
        }
        PinnedLowWatermark pin = oldest.get();
        Duration pinned =
                Duration.ofMillis(
                        Math.max(0, (TransactionTracker.micros(snapshot) - pin.since()) / 1000));
        status.lowWatermark(
                "re-read floor %s, held for %s by %s"
                        .formatted(
                                describePosition(pin, snapshot, scale),
                                format(pinned),
                                pin.description()));
        if (pinned.compareTo(REPORT_AFTER) > 0 && !lastReported.equals(pin.virtualId())) {
            lastReported = pin.virtualId();
            LOG.warn("{}: {}", mapping, status.lowWatermark());
        }
    }

    /** How far a standby's replay has come, if it is far behind; otherwise empty. */
    private static String replayLag(TransactionSnapshot snapshot) {
        long behind =
                TransactionTracker.micros(snapshot)
                        - WatermarkScale.TIME.toScale(snapshot.completeTo());
        boolean farBehind = snapshot.standby() && behind > REPORT_AFTER.toMillis() * 2000;
        return farBehind
                ? "the standby has replayed what its primary committed until "
                        + snapshot.completeTo()
                : "";
    }

    private static String describePosition(
            PinnedLowWatermark pin, TransactionSnapshot snapshot, WatermarkScale scale) {
        if (pin.lowWatermark().isStart()) {
            return "at the start";
        }
        String value = pin.lowWatermark().values().get(0);
        long scaled = scale.toScale(value);
        boolean time = scale == WatermarkScale.TIME || scale == WatermarkScale.DATE;
        if (!time || scaled == WatermarkScale.NOT_ON_SCALE || scaled == Long.MIN_VALUE) {
            return "at " + value;
        }
        return format(
                        Duration.ofMillis(
                                Math.max(0, (TransactionTracker.micros(snapshot) - scaled) / 1000)))
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
