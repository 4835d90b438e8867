package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.postgres.BaseTypes;
import com.evolvishub.cdc.capture.postgres.Look;
import com.evolvishub.cdc.capture.postgres.OpenTransaction;
import com.evolvishub.cdc.capture.postgres.SnapshotStatement;
import com.evolvishub.cdc.capture.postgres.SnapshotStatement.Answer;
import com.evolvishub.cdc.capture.postgres.SourceException;
import com.evolvishub.cdc.capture.postgres.SourceSession;
import com.evolvishub.cdc.capture.postgres.WatermarkBounds;
import com.evolvishub.cdc.capture.postgres.WatermarkBounds.Floor;
import com.evolvishub.cdc.capture.postgres.WatermarkBounds.Question;
import com.evolvishub.cdc.capture.source.Opening.Request;
import com.evolvishub.cdc.capture.source.Opening.Waiting;
import com.evolvishub.cdc.capture.source.Pause.WokenUpException;
import com.evolvishub.cdc.capture.source.PinnedFloor.Stage;
import com.evolvishub.cdc.capture.watermark.WatermarkScale;
import com.evolvishub.cdc.flow.Column;
import com.evolvishub.cdc.flow.CopyText;
import com.evolvishub.cdc.flow.FlowElement;
import com.evolvishub.cdc.flow.LaneStatus;
import com.evolvishub.cdc.flow.Retention;
import com.evolvishub.cdc.flow.SqlType;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Horizon;
import com.evolvishub.cdc.planner.physical.PollQuery.Place;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.physical.ScanRange;
import com.evolvishub.cdc.planner.physical.ScanSql;
import com.evolvishub.cdc.planner.physical.SqlLiteral;
import com.evolvishub.cdc.planner.spec.NullWatermark;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Opens polls of a watermark scan. A poll reads what lies above the position, and as far below it
 * as rows may still have become visible: by the look-back, and by what transactions that were open
 * earlier and have ended by now can have written. Used by the polling thread.
 */
final class WatermarkOpener {

    private static final int TIMESTAMPTZ = 1184;
    private static final Duration ASIDE_EVERY = Duration.ofHours(1);

    private final PollScan scan;
    private final Capture.ByWatermark by;
    private final ReadRelations.Refresh refresh;
    private final FloorWatch watch;
    private final Clocks clocks;
    private final ClockStep step;
    private final RestedNumbers rested;
    private final List<byte[]> wanted;

    WatermarkOpener(
            PollScan scan,
            Capture.ByWatermark by,
            ReadRelations.Refresh refresh,
            FloorWatch watch,
            Clocks clocks,
            ClockStep step,
            RestedNumbers rested,
            List<byte[]> wanted) {
        this.scan = scan;
        this.by = by;
        this.refresh = refresh;
        this.watch = watch;
        this.clocks = clocks;
        this.step = step;
        this.rested = rested;
        this.wanted = List.copyOf(wanted);
    }

    Opening open(Request asked, LaneStatus status, Waiting waiting)
            throws SQLException, WokenUpException, ChangedRelationException {
        SourceSession session = asked.session();
        Request request = asked;
        WatermarkSplit split = request.split();
        SqlType type = BaseTypes.of(session, type(request));
        ByteOrder.check(by, type);
        WatermarkScale scale = WatermarkScale.of(type);
        boolean blind = split.looks().isFirst() && !isTime(scale);
        Optional<FirstLook> first =
                blind
                        ? Optional.of(
                                FirstLook.at(session, highest(request), waiting, clocks.wall()))
                        : Optional.empty();
        String zone = zone(session, split, type);

        TimedLook timed = ClockStep.look(request, clocks.steady(), by.lookback());
        Look look = timed.look();
        // what has to be asked besides is asked here: the snapshot is to begin with the second look
        split = step.followed(session, split, type, zone, timed, by.lookback());
        request = request.at(split);
        Looks known = split.reading() ? split.looks() : split.looks().servingWhatEnded(look);
        known = watch.lettingGo(known, by.maxPin(), look);
        Reach reach = reach(session, split, type, zone, look);
        Floors floors = new Floors(split, scale, look, first);
        Question question =
                question(split, type, zone, look, reach, floors.ended(known), List.of());
        request.beginSnapshot();
        SnapshotStatement taking = new SnapshotStatement();
        Answer<WatermarkBounds> bounded = taking.ask(WatermarkBounds.of(question));
        // what it sees open began before the snapshot or right after
        Answer<Optional<Look>> looked = taking.ask(Look.whereSnapshotIsTaken(session));
        request.takeSnapshot(taking);
        Look inside = looked.get().isPresent() ? looked.get().get() : Look.inSnapshot(session);
        List<OpenTransaction> fresh = known.unknown(look, inside);
        List<String> times = floors.times(fresh);
        WatermarkBounds settled = bounded.get();
        if (!times.isEmpty()) {
            question = question(split, type, zone, look, reach, floors.ended(known), times);
            settled = WatermarkBounds.ask(session, question);
        }
        boolean looksBack = !split.reading() && rested.isDue(scale, settled.atRest());
        WatermarkBounds bounds =
                looksBack ? WatermarkBounds.ask(session, question.unsettled()) : settled;
        Looks looks = known.reopening(inside).pinning(floors.pins(fresh, bounds), look);
        PollRange range = split.reading() ? split.range() : range(floors, known, bounds);
        boolean due = Looks.micros(look) - split.asideAt() >= ASIDE_EVERY.toMillis() * 1000;
        Optional<Poll.Aside> aside = due ? aside(request, status) : Optional.empty();
        Crossing crossing = crossing(split, range);
        Optional<Horizon> horizon =
                FutureRange.horizon(
                        session, type, bounds, split.time(), Looks.micros(look), !wanted.isEmpty());
        ScanRange select = select(request, range, crossing, scale);
        if (horizon.isPresent()) {
            select = select.with(horizon.get());
        }
        UnaryOperator<String> lastSync = text -> lastSync(text, range, bounds, scale);
        ScanSql sql = by.ordering(request.survey().sql(scan.relation()));
        Poll.Statements statements =
                new Poll.Statements(
                        aside,
                        lookup(request, sql, select),
                        wanted,
                        sql.range(by.column(), select, literals(request, lastSync)),
                        horizon.filter(Horizon::shown).isPresent());
        Poll poll = Poll.start(session, request.survey().layout(), look, crossing, statements);
        WatermarkSplit started =
                split.started(request.survey().key(), range, looks, reach)
                        .with(split.time().in(zone));
        watch.show(looks, look, scale);
        List<FlowElement> announced = List.of(retention(started, scale, bounds));
        return new Opening(poll, started, announced, due ? Looks.micros(look) : split.asideAt());
    }

    private PollRange range(Floors floors, Looks known, WatermarkBounds bounds) {
        return refresh.comparesAll() ? PollRange.ALL : floors.range(known, bounds);
    }

    private static boolean isTime(WatermarkScale scale) {
        return scale == WatermarkScale.TIME || scale == WatermarkScale.DATE;
    }

    /**
     * The zone that values without one are read in. A position in one zone's hours means nothing in
     * another's.
     */
    private String zone(SourceSession session, WatermarkSplit split, SqlType type) {
        String zone = by.timezone().isEmpty() ? session.roleZone() : by.timezone();
        String before = split.time().zone();
        boolean isZoned = type.oid() == TIMESTAMPTZ || !isTime(WatermarkScale.of(type));
        if (!isZoned && !before.isEmpty() && !before.equals(zone)) {
            throw SourceException.permanent(
                    "watermark.timezone",
                    "%s has no zone, and was read in %s until now; it would be read in %s, so that the position is another moment. Set watermark.timezone to %s; or start with --reset to load anew, or with --accept-change to go on from the position all the same"
                            .formatted(by.column(), before, zone, before));
        }
        return zone;
    }

    private SqlType type(Request request) {
        return request.survey().layout().schema().columns().stream()
                .filter(column -> column.name().equals(by.column()))
                .findFirst()
                .map(Column::type)
                .orElseThrow();
    }

    /** What a longer look-back than before must not reach: it was forgotten. */
    private Reach reach(
            SourceSession session, WatermarkSplit split, SqlType type, String zone, Look look)
            throws SQLException {
        long millis = by.lookback().toMillis();
        Reach before = split.reach();
        boolean same =
                before.lookbackMillis() == millis && before.lookbackValues() == by.lookbackValues();
        if (same || split.highest().isStart()) {
            return new Reach(millis, by.lookbackValues(), same ? before.kept() : "");
        }
        Question old = question(split, type, zone, look, before, List.of(), List.of());
        String kept = WatermarkBounds.ask(session, old).reach();
        return new Reach(millis, by.lookbackValues(), kept);
    }

    private static Question question(
            WatermarkSplit split,
            SqlType type,
            String zone,
            Look look,
            Reach reach,
            List<Floor> ended,
            List<String> times) {
        WatermarkPosition highest = split.highest();
        return new Question(
                type,
                zone,
                look,
                highest.isStart() ? Optional.empty() : Optional.of(highest.values().get(0)),
                split.reading() && split.range().beyond() ? look.text() : split.readAt(),
                split.lastSync(),
                reach.lookbackMillis(),
                reach.lookbackValues(),
                reach.kept(),
                ended,
                times);
    }

    private String highest(Request request) {
        // not ORDER BY w: that would name the text that is selected
        return "SELECT r.w::text FROM (%s) r(w) WHERE r.w IS NOT NULL ORDER BY r.w%s DESC LIMIT 1"
                .formatted(
                        new ScanSql(scan.relation(), List.of(by.column()), List.of())
                                .all(literals(request, PollOpener::lowest)),
                        ByteOrder.collate(by));
    }

    /** Counts what no range shows, and asks for it where it is wanted. */
    private Optional<Poll.Aside> aside(Request request, LaneStatus status) throws SQLException {
        NullWatermarkRows rows = new NullWatermarkRows(by, scan.relation(), request, status);
        if (by.nullWatermark() == NullWatermark.FAIL && !request.split().highest().isStart()) {
            // behind the first load nothing is sent that the user may not want
            rows.count();
            return Optional.empty();
        }
        return Optional.of(rows);
    }

    private Crossing crossing(WatermarkSplit split, PollRange range) {
        if (split.reading() && range.beyond()) {
            return Crossing.FLAGGED;
        }
        boolean above = range.lower().equals(split.after()) && !range.included();
        return split.after().isStart() || above ? Crossing.AT_ONCE : Crossing.FLAGGED;
    }

    /** The rows that the step behind wants to see, as far as the range does not show them. */
    private Optional<String> lookup(Request request, ScanSql sql, ScanRange range) {
        boolean hidden = !range.lower().isEmpty() || !range.resume().isEmpty();
        if (wanted.isEmpty() || !hidden || request.survey().key().columns().isEmpty()) {
            return Optional.empty();
        }
        List<List<String>> keys =
                wanted.stream()
                        .map(
                                key ->
                                        CopyText.cells(key).stream()
                                                .map(CopyText::unescape)
                                                .map(SqlLiteral::quote)
                                                .toList())
                        .toList();
        return Optional.of(
                sql.lookup(by.column(), range, keys, literals(request, PollOpener::lowest)));
    }

    private ScanRange select(
            Request request, PollRange range, Crossing crossing, WatermarkScale scale) {
        WatermarkSplit split = request.split();
        String lower =
                range.lower().isStart() ? "" : SqlLiteral.quote(range.lower().values().get(0));
        ScanRange asked = ScanRange.of(lower, "").resumedAt(quoted(range.resume()));
        if (range.included()) {
            asked = asked.withLower();
        }
        if (!by.initialValue().isEmpty()) {
            asked = asked.above(SqlLiteral.quote(by.initialValue()));
        }
        if (crossing.isFlagged()) {
            WatermarkPosition frontier =
                    split.reading() && range.beyond() ? range.resume() : split.after();
            asked = asked.flaggedAbove(quoted(frontier));
        }
        if (Spellings.mayDiffer(type(request), scale)) {
            WatermarkPosition before = range.resume().isStart() ? split.after() : range.resume();
            String first = before.isStart() ? "" : before.values().get(0);
            request.survey().layout().tellTies(CopyText.escape(first));
            asked = asked.tellingTies(before.isStart() ? "" : SqlLiteral.quote(first));
        }
        return asked;
    }

    private static List<String> quoted(WatermarkPosition position) {
        return position.values().stream().map(SqlLiteral::quote).toList();
    }

    /** The range's lower bound, for the predicate of a user's query that asks for what is above. */
    private String lastSync(
            String type, PollRange range, WatermarkBounds bounds, WatermarkScale scale) {
        if (range.lower().isStart()) {
            return by.initialValue().isEmpty() ? PollOpener.lowest(type) : by.initialValue();
        }
        String lower = range.lower().values().get(0);
        if (ByteOrder.isChosen(by)) {
            // the query's own predicate compares in another order
            return PollOpener.lowest(type);
        }
        if (!range.included()) {
            return lower;
        }
        if (scale == WatermarkScale.NONE) {
            // nothing lies right below a text
            return PollOpener.lowest(type);
        }
        return lower.equals(bounds.lowest().value()) ? bounds.below() : lower;
    }

    private static Function<Place, String> literals(
            Request request, UnaryOperator<String> lastSync) {
        return request.survey().literals(lastSync);
    }

    private Retention retention(
            WatermarkSplit started, WatermarkScale scale, WatermarkBounds bounds) {
        boolean everything = refresh.remembersAll();
        long floor = Retention.NONE;
        long floorPoll = Retention.NONE;
        for (PinnedFloor pin : started.looks().open()) {
            everything |= pin.floor().isStart();
            floorPoll = Math.min(floorPoll, pin.poll());
            if (!pin.floor().isStart() && scale.hasDistances()) {
                floor = Math.min(floor, scale.place(pin.floor().values().get(0)));
            }
        }
        return new Retention(
                started.poll(),
                scale.name(),
                everything,
                floor,
                floorPoll,
                bounds.window(),
                place(started, scale));
    }

    private static long place(WatermarkSplit started, WatermarkScale scale) {
        WatermarkPosition highest = started.highest();
        return highest.isStart() || !scale.hasDistances()
                ? Retention.NONE
                : scale.place(highest.values().get(0));
    }

    /** Works out floors for one poll. */
    private record Floors(
            WatermarkSplit split, WatermarkScale scale, Look look, Optional<FirstLook> first) {

        private static final Duration UNKNOWN_START = Duration.ofHours(1);

        /** Floors of ended transactions that the database has to put in order. */
        List<Floor> ended(Looks known) {
            if (!scale.hasDistances()) {
                return List.of();
            }
            return known.ended().stream()
                    .filter(pin -> !pin.floor().isStart())
                    .map(pin -> new Floor(pin.floor().values().get(0), pin.included()))
                    .toList();
        }

        /** When each of the transactions can have begun, where that decides about its floor. */
        List<String> times(List<OpenTransaction> fresh) {
            if (!split.highest().isStart() || !isTime(scale)) {
                return List.of();
            }
            return fresh.stream().map(this::began).toList();
        }

        private String began(OpenTransaction open) {
            if (!split.looks().isFirst()) {
                return split.looks().at();
            }
            // when a prepared one began is not known, nor that of another role's
            boolean known = !open.started().isEmpty() && !open.prepared();
            return known ? open.started() : look.now().minus(UNKNOWN_START).toString();
        }

        List<PinnedFloor> pins(List<OpenTransaction> fresh, WatermarkBounds bounds) {
            List<PinnedFloor> pins = new ArrayList<>();
            for (int i = 0; i < fresh.size(); i++) {
                OpenTransaction open = fresh.get(i);
                WatermarkPosition floor;
                boolean included = true;
                if (!split.highest().isStart()) {
                    included = !bounds.atRest();
                    floor =
                            included
                                    ? WatermarkPosition.at(bounds.reach())
                                    : split.highest().watermarkOnly();
                } else if (isTime(scale)) {
                    floor = WatermarkPosition.at(bounds.floors().get(i));
                } else {
                    floor = first.map(seen -> seen.floorOf(open)).orElse(WatermarkPosition.START);
                }
                pins.add(
                        new PinnedFloor(
                                open.virtualId(),
                                open.ids(),
                                open.who(),
                                Looks.micros(look),
                                floor,
                                included,
                                split.poll() + 1,
                                Stage.OPEN));
            }
            return pins;
        }

        /** What a poll that goes on with nothing asks for. */
        PollRange range(Looks known, WatermarkBounds bounds) {
            List<PinnedFloor> ended = known.ended();
            boolean all = ended.stream().anyMatch(pin -> pin.floor().isStart());
            if (all || split.after().isStart()) {
                return PollRange.ALL;
            }
            if (!scale.hasDistances()) {
                return ended.stream()
                        .min(java.util.Comparator.comparingLong(PinnedFloor::poll))
                        .map(pin -> PollRange.from(pin.floor(), pin.included()))
                        .orElseGet(() -> PollRange.from(split.after(), !bounds.atRest()));
            }
            int candidate = bounds.lowest().candidate();
            boolean included =
                    candidate == 0 ? !bounds.atRest() : ended(known).get(candidate - 1).included();
            return PollRange.from(WatermarkPosition.at(bounds.lowest().value()), included);
        }
    }
}
