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
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Opens polls of a query that says itself what is new since {@code last_sync}: the database's time
 * at the previous complete poll's look, or at the look before a transaction was first seen that has
 * ended by now, whichever is lower. Used by the polling thread.
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
        Instant ours = clocks.steady().instant();
        Look look = request.look();
        WatermarkSplit split =
                step.followed(request.split(), look, ClockStep.ahead(look, ours), by.lookback());
        // a query is read from its start again: what has ended is served in any case
        Looks known = split.looks().servingWhatEnded(look);
        String since = since(split, known);
        request.beginSnapshot();
        SnapshotStatement taking = new SnapshotStatement();
        taking.ask(observer.beforeRead());
        Answer<SnapshotTimes> asked =
                taking.ask(SnapshotTimes.of(session.roleZone(), since, by.lookback()));
        Answer<Optional<Look>> looked = taking.ask(Look.whereSnapshotIsTaken(session));
        request.takeSnapshot(taking);
        SnapshotTimes times = asked.get();
        Look inside = looked.get().isPresent() ? looked.get().get() : Look.inSnapshot(session);
        List<PinnedFloor> pins =
                known.unknown(look, inside).stream().map(open -> pin(open, split, look)).toList();
        Looks looks = known.pinning(pins, look);
        UnaryOperator<String> lastSync = type -> lastSync(type, split, times);
        String select =
                request.survey().sql(scan.relation()).all(request.survey().literals(lastSync));
        Poll poll = Poll.start(session, request.survey().layout(), look, select);
        watch.show(looks, look, WatermarkScale.TIME);
        WatermarkSplit started =
                split.started(request.survey().key(), PollRange.ALL, looks, split.reach());
        boolean mayComeAgain =
                refresh.remembersAll()
                        || looks.open().stream().anyMatch(pin -> isBefore(floor(pin), since));
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
        String floor =
                !split.looks().isFirst()
                        ? split.looks().at()
                        : started ? open.started() : text(look);
        return new PinnedFloor(
                open.virtualId(),
                open.ids(),
                open.who(),
                Looks.micros(look),
                WatermarkPosition.at(floor),
                true,
                split.poll() + 1,
                Stage.OPEN);
    }

    /** An hour before, as the database writes it under the pinned settings. */
    private static String text(Look look) {
        return look.now().minus(UNKNOWN_START).toString().replace('T', ' ').replace("Z", "+00");
    }

    /** The lower of the last complete poll's time and the floors that are served; empty: all. */
    private static String since(WatermarkSplit split, Looks known) {
        String since = split.lastSync();
        if (since.isEmpty()) {
            return since;
        }
        for (PinnedFloor pin : known.ended()) {
            if (isBefore(floor(pin), since)) {
                since = floor(pin);
            }
        }
        return since;
    }

    private static String floor(PinnedFloor pin) {
        return pin.floor().values().get(0);
    }

    /** Of times that the database told us of itself, never of what rows hold. */
    private static boolean isBefore(String one, String other) {
        return WatermarkScale.TIME.place(one)
                < (other.isEmpty() ? Long.MAX_VALUE : WatermarkScale.TIME.place(other));
    }

    private String lastSync(String type, WatermarkSplit split, SnapshotTimes times) {
        if (split.lastSync().isEmpty() || refresh.comparesAll()) {
            return by.initialValue().isEmpty() ? PollOpener.lowest(type) : by.initialValue();
        }
        return times.since().getOrDefault(type, times.since().get("timestamptz"));
    }
}
