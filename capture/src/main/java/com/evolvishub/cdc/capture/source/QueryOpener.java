package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.postgres.Look;
import com.evolvishub.cdc.capture.postgres.OpenTransaction;
import com.evolvishub.cdc.capture.postgres.ReadObserver;
import com.evolvishub.cdc.capture.postgres.SnapshotStatement;
import com.evolvishub.cdc.capture.postgres.SnapshotStatement.Answer;
import com.evolvishub.cdc.capture.postgres.SnapshotTimes;
import com.evolvishub.cdc.capture.postgres.SourceSession;
import com.evolvishub.cdc.capture.source.Opening.Request;
import com.evolvishub.cdc.capture.source.PinnedFloor.Stage;
import com.evolvishub.cdc.capture.watermark.WatermarkScale;
import com.evolvishub.cdc.flow.Retention;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.PollScan;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Opens polls of a query that says itself what is new since {@code last_sync}: the database's time
 * at the previous complete poll's look less the look-back, or what an ended transaction has pinned,
 * whichever is lower. Used by the polling thread.
 *
 * <p>A complete poll forgets the rows that the query did not return, unless an open transaction
 * pins an earlier time. Such a poll's {@code last_sync} is kept as {@link Reach#kept}, and no later
 * one lies below it: a raised look-back would show forgotten rows again. A low watermark is pinned
 * with the look-back already subtracted, so that a changed look-back does not move it.
 */
final class QueryOpener {

    private static final Duration UNKNOWN_START = Duration.ofHours(1);

    private final PollScan scan;
    private final Capture.ByQuery by;
    private final ReadRelations.Refresh refresh;
    private final FloorWatch watch;
    private final ReadObserver observer;
    private final Clocks clocks;
    private final ClockStep step;

    QueryOpener(
            PollScan scan,
            Capture.ByQuery by,
            ReadRelations.Refresh refresh,
            FloorWatch watch,
            ReadObserver observer,
            Clocks clocks,
            ClockStep step) {
        this.scan = scan;
        this.by = by;
        this.refresh = refresh;
        this.watch = watch;
        this.observer = observer;
        this.clocks = clocks;
        this.step = step;
    }

    Opening open(Request request) throws SQLException, ChangedRelationException {
        SourceSession session = request.session();
        TimedLook timed = ClockStep.look(request, clocks.steady(), by.lookback());
        Look look = timed.look();
        WatermarkSplit split = step.followed(request.split(), timed, by.lookback());
        // a query is read from its start again: what has ended is served in any case
        Looks known = split.looks().servingWhatEnded(look);
        String since = since(split, known, by.lookback());
        request.beginSnapshot();
        SnapshotStatement taking = new SnapshotStatement();
        taking.ask(observer.beforeRead());
        Answer<SnapshotTimes> asked = taking.ask(SnapshotTimes.of(session.roleZone(), since));
        Answer<Optional<Look>> looked = taking.ask(Look.whereSnapshotIsTaken(session));
        request.takeSnapshot(taking);
        SnapshotTimes times = asked.get();
        Look inside = looked.get().isPresent() ? looked.get().get() : Look.inSnapshot(session);
        List<PinnedFloor> pins =
                known.unknown(look, inside).stream().map(open -> pin(open, split, look)).toList();
        Looks looks = known.reopening(inside).pinning(pins, look);
        UnaryOperator<String> lastSync = type -> lastSync(type, split, times);
        String select =
                request.survey().sql(scan.relation()).all(request.survey().literals(lastSync));
        Poll poll = Poll.start(session, request.survey().layout(), look, select);
        watch.show(looks, look, WatermarkScale.TIME);
        boolean mayComeAgain =
                refresh.remembersAll()
                        || looks.open().stream().anyMatch(pin -> isBefore(floor(pin), since));
        String kept = mayComeAgain ? split.reach().kept() : since;
        WatermarkSplit started =
                split.started(
                        request.survey().key(),
                        PollRange.ALL,
                        looks,
                        new Reach(by.lookback().toMillis(), 0, kept));
        Retention retention =
                new Retention(
                        started.poll(),
                        WatermarkScale.TIME.name(),
                        mayComeAgain,
                        Retention.NONE,
                        Retention.NONE,
                        0);
        return new Opening(poll, started, List.of(retention), split.asideAt());
    }

    private PinnedFloor pin(OpenTransaction open, WatermarkSplit split, Look look) {
        boolean started = !open.started().isEmpty() && !open.prepared();
        long began =
                !split.looks().isFirst()
                        ? place(split.looks().at())
                        : started
                                ? place(open.started())
                                : Looks.micros(look) - micros(UNKNOWN_START);
        return new PinnedFloor(
                open.virtualId(),
                open.ids(),
                open.who(),
                Looks.micros(look),
                WatermarkPosition.at(text(notBelowKept(began - micros(by.lookback()), split))),
                true,
                split.poll() + 1,
                Stage.OPEN);
    }

    /**
     * The last complete poll's time less the look-back, or the lowest of the low watermarks that
     * ended transactions have pinned; empty: everything is read.
     */
    private static String since(WatermarkSplit split, Looks known, Duration lookback) {
        if (split.lastSync().isEmpty()) {
            return "";
        }
        long since = notBelowKept(place(split.lastSync()) - micros(lookback), split);
        for (PinnedFloor pin : known.ended()) {
            since = Math.min(since, place(floor(pin)));
        }
        return text(since);
    }

    /** What lies below was forgotten. */
    private static long notBelowKept(long time, WatermarkSplit split) {
        String kept = split.reach().kept();
        return kept.isEmpty() ? time : Math.max(time, place(kept));
    }

    private static long micros(Duration duration) {
        return duration.toMillis() * 1000;
    }

    private static String text(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
    }

    private static String floor(PinnedFloor pin) {
        return pin.floor().values().get(0);
    }

    private static boolean isBefore(String one, String other) {
        return other.isEmpty() || place(one) < place(other);
    }

    /** Of times that the database told us of itself, never of what rows hold. */
    private static long place(String time) {
        return WatermarkScale.TIME.place(time);
    }

    private String lastSync(String type, WatermarkSplit split, SnapshotTimes times) {
        if (split.lastSync().isEmpty() || refresh.comparesAll()) {
            return by.initialValue().isEmpty() ? PollOpener.lowest(type) : by.initialValue();
        }
        return times.since().getOrDefault(type, times.since().get("timestamptz"));
    }
}
