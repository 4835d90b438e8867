package com.evolvishub.cdc.source.poll;

import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.source.poll.OpenedPoll.PollContext;
import com.evolvishub.cdc.source.range.PositionAfterClockStep;
import com.evolvishub.cdc.source.session.SourceException;
import com.evolvishub.cdc.source.session.SourceSession;
import com.evolvishub.cdc.source.split.LookbackWindow;
import com.evolvishub.cdc.source.split.PostgresSplit;
import com.evolvishub.cdc.source.split.SourceTimeState;
import com.evolvishub.cdc.source.transactions.PinnedLowWatermark;
import com.evolvishub.cdc.source.transactions.TimedTransactionSnapshot;
import com.evolvishub.cdc.source.transactions.TransactionSnapshot;
import com.evolvishub.cdc.source.transactions.TransactionTracker;
import com.evolvishub.cdc.source.watermark.WatermarkPosition;
import com.evolvishub.cdc.source.watermark.WatermarkScale;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detects a step of the database's clock since the last transaction snapshot. The clock is measured
 * against a local steady clock, so that a long pause or a slow network is not mistaken for a step.
 *
 * <p>After a step back, rows are written with times that were already read. The lowest such time is
 * the time of the last transaction snapshot minus the step, however long ago that snapshot was. The
 * position goes back to it. Pinned low watermarks go back too, because a transaction may read the
 * clock at each statement. Values above count as future values.
 *
 * <p>After a step forward, the position is not settled until the look-back has passed again.
 */
final class ClockStepDetector {

    /** Clocks are adjusted all the time; the look-back covers smaller steps. */
    static final Duration TOLERANCE = Duration.ofSeconds(1);

    /** A smaller step cannot be distinguished from a delay between reading the two clocks. */
    private static final Duration MIN_TOLERANCE = Duration.ofMillis(100);

    /** How far the position may go back so that all rows read again are in the dedupe state. */
    static final Duration DEDUPED_STEP = Duration.ofSeconds(60);

    private static final Logger LOG = LoggerFactory.getLogger(ClockStepDetector.class);

    private final String mapping;
    private final DuplicateEffect duplicates;

    ClockStepDetector(String mapping, DuplicateEffect duplicates) {
        this.mapping = mapping;
        this.duplicates = duplicates;
    }

    /** Takes a transaction snapshot, timed so that a step can be distinguished from a delay. */
    static TimedTransactionSnapshot takeSnapshot(
            PollContext context, Clock steady, Duration lookback) throws SQLException {
        return TimedTransactionSnapshot.take(
                context::takeTransactionSnapshot, steady, tolerance(lookback));
    }

    /**
     * How far the clock has gone back since the last transaction snapshot, in microseconds, or 0.
     */
    private static long back(PostgresSplit split, long clockOffset, Duration tolerance) {
        SourceTimeState time = split.time();
        long back =
                time.clockMeasured() && !split.transactions().isFirst()
                        ? time.clockOffsetMicros() - clockOffset
                        : 0;
        return back > tolerance.toMillis() * 1000 ? back : 0;
    }

    /**
     * The smallest difference that counts as a step: at most half of the look-back, which covers
     * anything smaller.
     */
    private static Duration tolerance(Duration lookback) {
        Duration half = lookback.dividedBy(2);
        Duration shorter = half.compareTo(TOLERANCE) < 0 ? half : TOLERANCE;
        return shorter.compareTo(MIN_TOLERANCE) < 0 ? MIN_TOLERANCE : shorter;
    }

    private static boolean isForward(PostgresSplit split, long clockOffset) {
        return split.time().clockMeasured()
                && clockOffset - split.time().clockOffsetMicros() > TOLERANCE.toMillis() * 1000;
    }

    /** The lowest time since the last transaction snapshot, as a {@code timestamptz}. */
    private static String lowestSince(PostgresSplit split, long back) {
        return Instant.EPOCH
                .plus(split.transactions().asOfMicros() - back, ChronoUnit.MICROS)
                .toString();
    }

    /**
     * Returns the split of a watermark scan, moved back after a step of the clock.
     *
     * @param zone the time zone of values without one
     * @throws SourceException if rows would be delivered again to a destination that would
     *     duplicate them
     */
    PostgresSplit adjust(
            SourceSession session,
            PostgresSplit split,
            SqlType type,
            String zone,
            TimedTransactionSnapshot timed,
            Duration lookback)
            throws SQLException {
        TransactionSnapshot snapshot = timed.snapshot();
        long clockOffset = timed.clockOffsetMicros();
        long back = back(split, clockOffset, tolerance(lookback));
        if (back == 0) {
            PostgresSplit adjusted =
                    isForward(split, clockOffset) ? split.readAt(snapshot.text()) : split;
            return adjusted.with(adjusted.time().ahead(clockOffset));
        }
        WatermarkScale scale = WatermarkScale.of(type);
        String lowestTime = lowestSince(split, back);
        TransactionTracker tracker = split.transactions();
        WatermarkPosition after = split.highest().watermarkOnly();
        LookbackWindow lookbackWindow = split.lookbackWindow();
        if (scale == WatermarkScale.TIME || scale == WatermarkScale.DATE) {
            List<PinnedLowWatermark> pins =
                    tracker.pins().stream().filter(ClockStepDetector::isLowered).toList();
            List<String> lowWatermarks = new ArrayList<>();
            pins.forEach(pin -> lowWatermarks.add(pin.lowWatermark().values().get(0)));
            if (!lookbackWindow.notBelow().isEmpty()) {
                // otherwise the bound would keep the position above the rows written from now on
                lowWatermarks.add(lookbackWindow.notBelow());
            }
            PositionAfterClockStep stepped =
                    PositionAfterClockStep.ask(
                            session,
                            type,
                            zone,
                            lowestTime,
                            lookback.toMillis(),
                            after.isStart() ? Optional.empty() : Optional.of(after.values().get(0)),
                            lowWatermarks);
            rejectDuplicates(split, scale, after, stepped, back);
            after = stepped.after().map(WatermarkPosition::at).orElse(WatermarkPosition.START);
            tracker = tracker.lowered(pins, stepped.lowWatermarks());
            if (!lookbackWindow.notBelow().isEmpty()) {
                lookbackWindow =
                        new LookbackWindow(
                                lookbackWindow.lookbackMillis(),
                                lookbackWindow.lookbackValues(),
                                stepped.lowWatermarks().get(pins.size()));
            }
        }
        LOG.warn(
                "{}: the database's clock has gone back by {} ms since the last look; rows are read again from {} on",
                mapping,
                back / 1000,
                after.isStart() ? "the start" : after.values().get(0));
        return split.afterClockStep(after, snapshot.text(), lowestTime, tracker, lookbackWindow)
                .with(split.time().ahead(clockOffset));
    }

    private static boolean isLowered(PinnedLowWatermark pin) {
        return !pin.lowWatermark().isStart() && pin.stage() != PinnedLowWatermark.Stage.RELEASED;
    }

    /** Returns the split of a query, moved back after a step of the clock. */
    PostgresSplit adjust(PostgresSplit split, TimedTransactionSnapshot timed, Duration lookback) {
        TransactionSnapshot snapshot = timed.snapshot();
        long clockOffset = timed.clockOffsetMicros();
        long back = back(split, clockOffset, tolerance(lookback));
        if (back == 0) {
            return split.with(split.time().ahead(clockOffset));
        }
        String lowestTime = lowestSince(split, back);
        LOG.warn(
                "{}: the database's clock has gone back by {} ms since the last look; last_sync goes back to {}",
                mapping,
                back / 1000,
                lowestTime);
        String reached = lowestSince(split, back + lookback.toMillis() * 1000);
        List<PinnedLowWatermark> pins = split.transactions().pins();
        List<String> lowWatermarks =
                pins.stream()
                        .map(pin -> pin.lowWatermark().values().get(0))
                        .map(lowWatermark -> earlier(lowWatermark, reached))
                        .toList();
        LookbackWindow lookbackWindow = split.lookbackWindow();
        if (!lookbackWindow.notBelow().isEmpty()) {
            // otherwise the bound would keep last_sync above the rows written from now on
            String notBelow = earlier(lookbackWindow.notBelow(), reached);
            lookbackWindow =
                    new LookbackWindow(
                            lookbackWindow.lookbackMillis(),
                            lookbackWindow.lookbackValues(),
                            notBelow);
        }
        String lastSync = split.lastSync().isEmpty() ? "" : earlier(split.lastSync(), lowestTime);
        return split.afterClockStep(
                        split.highWatermark(),
                        snapshot.text(),
                        lastSync,
                        split.transactions().lowered(pins, lowWatermarks),
                        lookbackWindow)
                .with(split.time().ahead(clockOffset));
    }

    /** Compares times of the database's own clock only, never values of rows. */
    private static String earlier(String one, String other) {
        return WatermarkScale.TIME.toScale(one) <= WatermarkScale.TIME.toScale(other) ? one : other;
    }

    private void rejectDuplicates(
            PostgresSplit split,
            WatermarkScale scale,
            WatermarkPosition after,
            PositionAfterClockStep stepped,
            long back) {
        boolean harmless = duplicates == DuplicateEffect.ACCEPTED || isUpsert(split);
        if (after.isStart() || harmless || back <= DEDUPED_STEP.toMillis() * 1000) {
            return;
        }
        String current = after.values().get(0);
        String lowered = stepped.after().orElseThrow();
        long distance = scale.toScale(current) - scale.toScale(lowered);
        if (distance > DEDUPED_STEP.toMillis() * 1000) {
            throw SourceException.permanent(
                    "watermark",
                    "the database's clock has gone back by %d s, from which the position would go back from %s to %s. What was sent of that is not remembered, and the destination would be given it twice. Set the clock right; or start with --accept-change %s to take repeated rows into account"
                            .formatted(back / 1_000_000, current, lowered, mapping));
        }
    }

    private boolean isUpsert(PostgresSplit split) {
        return duplicates == DuplicateEffect.OVERWRITTEN && !split.key().columns().isEmpty();
    }
}
