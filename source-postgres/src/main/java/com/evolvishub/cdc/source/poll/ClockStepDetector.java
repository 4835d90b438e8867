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
 * Whether the database's clock was set since the last look: measured against a clock of ours that
 * nobody sets, so that neither a long pause nor a slow network looks like it.
 *
 * <p>After a step back rows are written with times that were read past. The lowest of them is what
 * the clock can have shown right after the last look, however long ago that was: the last look's
 * time less the step. The position goes back to there, and pinned low watermarks too, for a
 * transaction may ask the clock at each statement. What lies above counts as from the future.
 *
 * <p>After a step forward the position is not at rest until the look-back has gone by again.
 */
final class ClockStepDetector {

    /** Clocks are adjusted all the time; what is less is what the look-back is for. */
    static final Duration TOLERANCE = Duration.ofSeconds(1);

    /** Less cannot be told from a pause while the two clocks are asked. */
    private static final Duration MIN_TOLERANCE = Duration.ofMillis(100);

    /** How far the position may go back so that all that is read again is remembered. */
    static final Duration DEDUPED_STEP = Duration.ofSeconds(60);

    private static final Logger LOG = LoggerFactory.getLogger(ClockStepDetector.class);

    private final String mapping;
    private final DuplicateEffect duplicates;

    ClockStepDetector(String mapping, DuplicateEffect repeats) {
        this.mapping = mapping;
        this.duplicates = repeats;
    }

    /** Looks, so that a step can be told from a pause. */
    static TimedTransactionSnapshot takeSnapshot(
            PollContext request, Clock steady, Duration lookback) throws SQLException {
        return TimedTransactionSnapshot.take(
                request::takeTransactionSnapshot, steady, tolerance(lookback));
    }

    /** By how much the clock has gone back since the last look, in microseconds; 0: it has not. */
    private static long back(PostgresSplit split, long ahead, Duration tolerance) {
        SourceTimeState time = split.time();
        long back =
                time.clockMeasured() && !split.transactions().isFirst()
                        ? time.clockOffsetMicros() - ahead
                        : 0;
        return back > tolerance.toMillis() * 1000 ? back : 0;
    }

    /**
     * What is less is no step. A look-back that is shorter than the tolerance would not cover it.
     */
    private static Duration tolerance(Duration lookback) {
        Duration half = lookback.dividedBy(2);
        Duration shorter = half.compareTo(TOLERANCE) < 0 ? half : TOLERANCE;
        return shorter.compareTo(MIN_TOLERANCE) < 0 ? MIN_TOLERANCE : shorter;
    }

    private static boolean isForward(PostgresSplit split, long ahead) {
        return split.time().clockMeasured()
                && ahead - split.time().clockOffsetMicros() > TOLERANCE.toMillis() * 1000;
    }

    /** The lowest that the clock can have shown since the last look, as a {@code timestamptz}. */
    private static String lowest(PostgresSplit split, long back) {
        return Instant.EPOCH
                .plus(split.transactions().asOfMicros() - back, ChronoUnit.MICROS)
                .toString();
    }

    /**
     * Where a watermark scan stands after a step.
     *
     * @param zone the zone that values without one are meant in
     * @throws SourceException if rows would be sent again to where they must not
     */
    PostgresSplit adjust(
            SourceSession session,
            PostgresSplit split,
            SqlType type,
            String zone,
            TimedTransactionSnapshot timed,
            Duration lookback)
            throws SQLException {
        TransactionSnapshot look = timed.snapshot();
        long ahead = timed.clockOffsetMicros();
        long back = back(split, ahead, tolerance(lookback));
        if (back == 0) {
            PostgresSplit here = isForward(split, ahead) ? split.readAt(look.text()) : split;
            return here.with(here.time().ahead(ahead));
        }
        WatermarkScale scale = WatermarkScale.of(type);
        String moment = lowest(split, back);
        TransactionTracker looks = split.transactions();
        WatermarkPosition after = split.highest().watermarkOnly();
        LookbackWindow reach = split.lookbackWindow();
        if (scale == WatermarkScale.TIME || scale == WatermarkScale.DATE) {
            List<PinnedLowWatermark> pins =
                    looks.pins().stream().filter(ClockStepDetector::isLowered).toList();
            List<String> floors = new ArrayList<>();
            pins.forEach(pin -> floors.add(pin.lowWatermark().values().get(0)));
            if (!reach.notBelow().isEmpty()) {
                // else it would keep the position from reaching what is written from now on
                floors.add(reach.notBelow());
            }
            PositionAfterClockStep stepped =
                    PositionAfterClockStep.ask(
                            session,
                            type,
                            zone,
                            moment,
                            lookback.toMillis(),
                            after.isStart() ? Optional.empty() : Optional.of(after.values().get(0)),
                            floors);
            rejectDuplicates(split, scale, after, stepped, back);
            after = stepped.after().map(WatermarkPosition::at).orElse(WatermarkPosition.START);
            looks = looks.lowered(pins, stepped.lowWatermarks());
            if (!reach.notBelow().isEmpty()) {
                reach =
                        new LookbackWindow(
                                reach.lookbackMillis(),
                                reach.lookbackValues(),
                                stepped.lowWatermarks().get(pins.size()));
            }
        }
        LOG.warn(
                "{}: the database's clock has gone back by {} ms since the last look; rows are read again from {} on",
                mapping,
                back / 1000,
                after.isStart() ? "the start" : after.values().get(0));
        return split.afterClockStep(after, look.text(), moment, looks, reach)
                .with(split.time().ahead(ahead));
    }

    private static boolean isLowered(PinnedLowWatermark pin) {
        return !pin.lowWatermark().isStart() && pin.stage() != PinnedLowWatermark.Stage.RELEASED;
    }

    /** Where a query stands after a step. */
    PostgresSplit adjust(PostgresSplit split, TimedTransactionSnapshot timed, Duration lookback) {
        TransactionSnapshot look = timed.snapshot();
        long ahead = timed.clockOffsetMicros();
        long back = back(split, ahead, tolerance(lookback));
        if (back == 0) {
            return split.with(split.time().ahead(ahead));
        }
        String moment = lowest(split, back);
        LOG.warn(
                "{}: the database's clock has gone back by {} ms since the last look; last_sync goes back to {}",
                mapping,
                back / 1000,
                moment);
        String reached = lowest(split, back + lookback.toMillis() * 1000);
        List<PinnedLowWatermark> pins = split.transactions().pins();
        List<String> floors =
                pins.stream()
                        .map(pin -> pin.lowWatermark().values().get(0))
                        .map(floor -> earlier(floor, reached))
                        .toList();
        LookbackWindow reach = split.lookbackWindow();
        if (!reach.notBelow().isEmpty()) {
            // else it would keep last_sync from reaching what is written from now on
            String kept = earlier(reach.notBelow(), reached);
            reach = new LookbackWindow(reach.lookbackMillis(), reach.lookbackValues(), kept);
        }
        String lastSync = split.lastSync().isEmpty() ? "" : earlier(split.lastSync(), moment);
        return split.afterClockStep(
                        split.highWatermark(),
                        look.text(),
                        lastSync,
                        split.transactions().lowered(pins, floors),
                        reach)
                .with(split.time().ahead(ahead));
    }

    /** Of times that the database told us of itself, never of what rows hold. */
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
        String before = after.values().get(0);
        String lowered = stepped.after().orElseThrow();
        long distance = scale.toScale(before) - scale.toScale(lowered);
        if (distance > DEDUPED_STEP.toMillis() * 1000) {
            throw SourceException.permanent(
                    "watermark",
                    "the database's clock has gone back by %d s, from which the position would go back from %s to %s. What was sent of that is not remembered, and the destination would be given it twice. Set the clock right; or start with --accept-change %s to take repeated rows into account"
                            .formatted(back / 1_000_000, before, lowered, mapping));
        }
    }

    private boolean isUpsert(PostgresSplit split) {
        return duplicates == DuplicateEffect.OVERWRITTEN && !split.key().columns().isEmpty();
    }
}
