package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.postgres.Look;
import com.evolvishub.cdc.capture.postgres.SourceException;
import com.evolvishub.cdc.capture.postgres.SourceSession;
import com.evolvishub.cdc.capture.postgres.SteppedPosition;
import com.evolvishub.cdc.capture.source.Opening.Request;
import com.evolvishub.cdc.capture.watermark.WatermarkScale;
import com.evolvishub.cdc.flow.SqlType;
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
final class ClockStep {

    /** Clocks are adjusted all the time; what is less is what the look-back is for. */
    static final Duration TOLERANCE = Duration.ofSeconds(1);

    /** Less cannot be told from a pause while the two clocks are asked. */
    private static final Duration LEAST = Duration.ofMillis(100);

    /** How far the position may go back so that all that is read again is remembered. */
    static final Duration REMEMBERED = Duration.ofSeconds(60);

    private static final Logger LOG = LoggerFactory.getLogger(ClockStep.class);

    private final String mapping;
    private final Repeats repeats;

    ClockStep(String mapping, Repeats repeats) {
        this.mapping = mapping;
        this.repeats = repeats;
    }

    /** Looks, so that a step can be told from a pause. */
    static TimedLook look(Request request, Clock steady, Duration lookback) throws SQLException {
        return TimedLook.take(request::look, steady, tolerance(lookback));
    }

    /** By how much the clock has gone back since the last look, in microseconds; 0: it has not. */
    private static long back(WatermarkSplit split, long ahead, Duration tolerance) {
        SourceTime time = split.time();
        long back = time.measured() && !split.looks().isFirst() ? time.ahead() - ahead : 0;
        return back > tolerance.toMillis() * 1000 ? back : 0;
    }

    /**
     * What is less is no step. A look-back that is shorter than the tolerance would not cover it.
     */
    private static Duration tolerance(Duration lookback) {
        Duration half = lookback.dividedBy(2);
        Duration shorter = half.compareTo(TOLERANCE) < 0 ? half : TOLERANCE;
        return shorter.compareTo(LEAST) < 0 ? LEAST : shorter;
    }

    private static boolean isForward(WatermarkSplit split, long ahead) {
        return split.time().measured()
                && ahead - split.time().ahead() > TOLERANCE.toMillis() * 1000;
    }

    /** The lowest that the clock can have shown since the last look, as a {@code timestamptz}. */
    private static String lowest(WatermarkSplit split, long back) {
        return Instant.EPOCH.plus(split.looks().atMicros() - back, ChronoUnit.MICROS).toString();
    }

    /**
     * Where a watermark scan stands after a step.
     *
     * @param zone the zone that values without one are meant in
     * @throws SourceException if rows would be sent again to where they must not
     */
    WatermarkSplit followed(
            SourceSession session,
            WatermarkSplit split,
            SqlType type,
            String zone,
            TimedLook timed,
            Duration lookback)
            throws SQLException {
        Look look = timed.look();
        long ahead = timed.ahead();
        long back = back(split, ahead, tolerance(lookback));
        if (back == 0) {
            WatermarkSplit here = isForward(split, ahead) ? split.readAt(look.text()) : split;
            return here.with(here.time().ahead(ahead));
        }
        WatermarkScale scale = WatermarkScale.of(type);
        String moment = lowest(split, back);
        Looks looks = split.looks();
        WatermarkPosition after = split.highest().watermarkOnly();
        Reach reach = split.reach();
        if (scale == WatermarkScale.TIME || scale == WatermarkScale.DATE) {
            List<PinnedFloor> pins = looks.pins().stream().filter(ClockStep::isLowered).toList();
            List<String> floors = new ArrayList<>();
            pins.forEach(pin -> floors.add(pin.floor().values().get(0)));
            if (!reach.kept().isEmpty()) {
                // else it would keep the position from reaching what is written from now on
                floors.add(reach.kept());
            }
            SteppedPosition stepped =
                    SteppedPosition.ask(
                            session,
                            type,
                            zone,
                            moment,
                            lookback.toMillis(),
                            after.isStart() ? Optional.empty() : Optional.of(after.values().get(0)),
                            floors);
            refuseRepeats(split, scale, after, stepped, back);
            after = stepped.after().map(WatermarkPosition::at).orElse(WatermarkPosition.START);
            looks = looks.lowered(pins, stepped.floors());
            if (!reach.kept().isEmpty()) {
                reach =
                        new Reach(
                                reach.lookbackMillis(),
                                reach.lookbackValues(),
                                stepped.floors().get(pins.size()));
            }
        }
        LOG.warn(
                "{}: the database's clock has gone back by {} ms since the last look; rows are read again from {} on",
                mapping,
                back / 1000,
                after.isStart() ? "the start" : after.values().get(0));
        return split.stepped(after, look.text(), moment, looks, reach)
                .with(split.time().ahead(ahead));
    }

    private static boolean isLowered(PinnedFloor pin) {
        return !pin.floor().isStart() && pin.stage() != PinnedFloor.Stage.LET_GO;
    }

    /** Where a query stands after a step. */
    WatermarkSplit followed(WatermarkSplit split, TimedLook timed, Duration lookback) {
        Look look = timed.look();
        long ahead = timed.ahead();
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
        List<PinnedFloor> pins = split.looks().pins();
        List<String> floors =
                pins.stream()
                        .map(pin -> pin.floor().values().get(0))
                        .map(floor -> earlier(floor, reached))
                        .toList();
        Reach reach = split.reach();
        if (!reach.kept().isEmpty()) {
            // else it would keep last_sync from reaching what is written from now on
            String kept = earlier(reach.kept(), reached);
            reach = new Reach(reach.lookbackMillis(), reach.lookbackValues(), kept);
        }
        String lastSync = split.lastSync().isEmpty() ? "" : earlier(split.lastSync(), moment);
        return split.stepped(
                        split.after(),
                        look.text(),
                        lastSync,
                        split.looks().lowered(pins, floors),
                        reach)
                .with(split.time().ahead(ahead));
    }

    /** Of times that the database told us of itself, never of what rows hold. */
    private static String earlier(String one, String other) {
        return WatermarkScale.TIME.place(one) <= WatermarkScale.TIME.place(other) ? one : other;
    }

    private void refuseRepeats(
            WatermarkSplit split,
            WatermarkScale scale,
            WatermarkPosition after,
            SteppedPosition stepped,
            long back) {
        boolean harmless = repeats == Repeats.ACCEPTED || isUpsert(split);
        if (after.isStart() || harmless || back <= REMEMBERED.toMillis() * 1000) {
            return;
        }
        String before = after.values().get(0);
        String lowered = stepped.after().orElseThrow();
        long distance = scale.place(before) - scale.place(lowered);
        if (distance > REMEMBERED.toMillis() * 1000) {
            throw SourceException.permanent(
                    "watermark",
                    "the database's clock has gone back by %d s, from which the position would go back from %s to %s. What was sent of that is not remembered, and the destination would be given it twice. Set the clock right; or start with --accept-change %s to take repeated rows into account"
                            .formatted(back / 1_000_000, before, lowered, mapping));
        }
    }

    private boolean isUpsert(WatermarkSplit split) {
        return repeats == Repeats.UPSERTED && !split.key().columns().isEmpty();
    }
}
