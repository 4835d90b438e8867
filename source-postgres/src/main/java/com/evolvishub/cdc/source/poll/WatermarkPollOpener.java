package com.evolvishub.cdc.source.poll;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.sql.FutureBound;
import com.evolvishub.cdc.planner.sql.PollQuery.Placeholder;
import com.evolvishub.cdc.planner.sql.ScanRange;
import com.evolvishub.cdc.planner.sql.ScanSql;
import com.evolvishub.cdc.planner.sql.SqlLiteral;
import com.evolvishub.cdc.runtime.pipeline.PipelineStatus;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.DedupeWindow;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.source.catalog.DomainBaseTypes;
import com.evolvishub.cdc.source.poll.OpenedPoll.PollContext;
import com.evolvishub.cdc.source.poll.OpenedPoll.Waiter;
import com.evolvishub.cdc.source.poll.WakeableWaiter.WokenUpException;
import com.evolvishub.cdc.source.range.FutureRange;
import com.evolvishub.cdc.source.range.WatermarkBounds;
import com.evolvishub.cdc.source.range.WatermarkBounds.LowWatermark;
import com.evolvishub.cdc.source.range.WatermarkBounds.Question;
import com.evolvishub.cdc.source.schedule.SourceClocks;
import com.evolvishub.cdc.source.schema.RelationChangedException;
import com.evolvishub.cdc.source.schema.UnderlyingRelationMonitor;
import com.evolvishub.cdc.source.session.CombinedQuery;
import com.evolvishub.cdc.source.session.CombinedQuery.Answer;
import com.evolvishub.cdc.source.session.OpenTransaction;
import com.evolvishub.cdc.source.session.SourceException;
import com.evolvishub.cdc.source.session.SourceSession;
import com.evolvishub.cdc.source.split.LookbackWindow;
import com.evolvishub.cdc.source.split.PollRange;
import com.evolvishub.cdc.source.split.PostgresSplit;
import com.evolvishub.cdc.source.transactions.LowWatermarkReporter;
import com.evolvishub.cdc.source.transactions.PinnedLowWatermark;
import com.evolvishub.cdc.source.transactions.PinnedLowWatermark.Stage;
import com.evolvishub.cdc.source.transactions.TimedTransactionSnapshot;
import com.evolvishub.cdc.source.transactions.TransactionSnapshot;
import com.evolvishub.cdc.source.transactions.TransactionTracker;
import com.evolvishub.cdc.source.watermark.ByteOrderCollation;
import com.evolvishub.cdc.source.watermark.NumericLookbackTimer;
import com.evolvishub.cdc.source.watermark.TextRepresentations;
import com.evolvishub.cdc.source.watermark.WatermarkPosition;
import com.evolvishub.cdc.source.watermark.WatermarkScale;
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
final class WatermarkPollOpener {

    private static final int TIMESTAMPTZ = 1184;
    private static final Duration NULL_WATERMARK_INTERVAL = Duration.ofHours(1);

    private final PollScan scan;
    private final Capture.ByWatermark by;
    private final UnderlyingRelationMonitor.Refresh refresh;
    private final LowWatermarkReporter lowWatermarkReporter;
    private final SourceClocks clocks;
    private final ClockStepDetector clockStep;
    private final NumericLookbackTimer numericLookback;
    private final List<byte[]> requestedKeys;

    WatermarkPollOpener(
            PollScan scan,
            Capture.ByWatermark by,
            UnderlyingRelationMonitor.Refresh refresh,
            LowWatermarkReporter watch,
            SourceClocks clocks,
            ClockStepDetector step,
            NumericLookbackTimer rested,
            List<byte[]> wanted) {
        this.scan = scan;
        this.by = by;
        this.refresh = refresh;
        this.lowWatermarkReporter = watch;
        this.clocks = clocks;
        this.clockStep = step;
        this.numericLookback = rested;
        this.requestedKeys = List.copyOf(wanted);
    }

    OpenedPoll open(PollContext asked, PipelineStatus status, Waiter waiting)
            throws SQLException, WokenUpException, RelationChangedException {
        SourceSession session = asked.session();
        PollContext request = asked;
        PostgresSplit split = request.split();
        SqlType type = DomainBaseTypes.of(session, type(request));
        ByteOrderCollation.check(by, type);
        WatermarkScale scale = WatermarkScale.of(type);
        boolean blind = split.transactions().isFirst() && !isTime(scale);
        Optional<InitialTransactionSnapshot> first =
                blind
                        ? Optional.of(
                                InitialTransactionSnapshot.take(
                                        session, highest(request), waiting, clocks.wall()))
                        : Optional.empty();
        String zone = zone(session, split, type);

        TimedTransactionSnapshot timed =
                ClockStepDetector.takeSnapshot(request, clocks.steady(), by.lookback());
        TransactionSnapshot look = timed.snapshot();
        // what has to be asked besides is asked here: the snapshot is to begin with the second look
        split = clockStep.adjust(session, split, type, zone, timed, by.lookback());
        request = request.at(split);
        TransactionTracker known =
                split.pollInProgress()
                        ? split.transactions()
                        : split.transactions().markEnded(look);
        known = lowWatermarkReporter.releaseOlderThan(known, by.maxPin(), look);
        LookbackWindow reach = lookbackWindow(session, split, type, zone, look);
        LowWatermarks floors = new LowWatermarks(split, scale, look, first);
        Question question =
                question(split, type, zone, look, reach, floors.ended(known), List.of());
        request.beginSnapshot();
        CombinedQuery taking = new CombinedQuery();
        Answer<WatermarkBounds> bounded = taking.ask(WatermarkBounds.of(question));
        // what it sees open began before the snapshot or right after
        Answer<Optional<TransactionSnapshot>> looked =
                taking.ask(TransactionSnapshot.snapshotQuery(session));
        request.takeSnapshot(taking);
        TransactionSnapshot inside =
                looked.get().isPresent()
                        ? looked.get().get()
                        : TransactionSnapshot.inSnapshot(session);
        List<OpenTransaction> fresh = known.newTransactions(look, inside);
        List<String> times = floors.times(fresh);
        WatermarkBounds settled = bounded.get();
        if (!times.isEmpty()) {
            question = question(split, type, zone, look, reach, floors.ended(known), times);
            settled = WatermarkBounds.ask(session, question);
        }
        boolean looksBack =
                !split.pollInProgress() && numericLookback.isDue(scale, settled.atRest());
        WatermarkBounds bounds =
                looksBack ? WatermarkBounds.ask(session, question.unsettled()) : settled;
        TransactionTracker looks =
                known.reopening(inside).withPins(floors.pins(fresh, bounds), look);
        PollRange range = split.pollInProgress() ? split.range() : range(floors, known, bounds);
        boolean due =
                TransactionTracker.micros(look) - split.nullWatermarkRowsAt()
                        >= NULL_WATERMARK_INTERVAL.toMillis() * 1000;
        Optional<Poll.NullWatermarkQuery> aside =
                due ? nullWatermarkRows(request, status) : Optional.empty();
        NewRowDetector crossing = newRowDetector(split, range);
        Optional<FutureBound> horizon =
                FutureRange.futureBound(
                        session,
                        type,
                        bounds,
                        split.time(),
                        TransactionTracker.micros(look),
                        !requestedKeys.isEmpty());
        ScanRange select = select(request, range, crossing, scale);
        if (horizon.isPresent()) {
            select = select.with(horizon.get());
        }
        UnaryOperator<String> lastSync = text -> lastSync(text, range, bounds, scale);
        ScanSql sql = by.withCollation(request.schema().sql(scan.relation()));
        Poll.Statements statements =
                new Poll.Statements(
                        aside,
                        lookup(request, sql, select),
                        requestedKeys,
                        sql.range(by.column(), select, literals(request, lastSync)),
                        horizon.filter(FutureBound::flagged).isPresent());
        Poll poll = Poll.start(session, request.schema().layout(), look, crossing, statements);
        PostgresSplit started =
                split.started(request.schema().key(), range, looks, reach)
                        .with(split.time().in(zone));
        lowWatermarkReporter.report(looks, look, scale);
        List<PipelineElement> announced = List.of(dedupeWindow(started, scale, bounds));
        return new OpenedPoll(
                poll,
                started,
                announced,
                due ? TransactionTracker.micros(look) : split.nullWatermarkRowsAt());
    }

    private PollRange range(
            LowWatermarks floors, TransactionTracker known, WatermarkBounds bounds) {
        return refresh.readAll() ? PollRange.ALL : floors.range(known, bounds);
    }

    private static boolean isTime(WatermarkScale scale) {
        return scale == WatermarkScale.TIME || scale == WatermarkScale.DATE;
    }

    /**
     * The zone that values without one are read in. A position in one zone's hours means nothing in
     * another's.
     */
    private String zone(SourceSession session, PostgresSplit split, SqlType type) {
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

    private SqlType type(PollContext request) {
        return request.schema().layout().schema().columns().stream()
                .filter(column -> column.name().equals(by.column()))
                .findFirst()
                .map(Column::type)
                .orElseThrow();
    }

    /** What a longer look-back than before must not reach: it was forgotten. */
    private LookbackWindow lookbackWindow(
            SourceSession session,
            PostgresSplit split,
            SqlType type,
            String zone,
            TransactionSnapshot look)
            throws SQLException {
        long millis = by.lookback().toMillis();
        LookbackWindow before = split.lookbackWindow();
        boolean same =
                before.lookbackMillis() == millis && before.lookbackValues() == by.lookbackValues();
        if (same || split.highest().isStart()) {
            return new LookbackWindow(millis, by.lookbackValues(), same ? before.notBelow() : "");
        }
        Question old = question(split, type, zone, look, before, List.of(), List.of());
        String kept = WatermarkBounds.ask(session, old).lookbackBound();
        return new LookbackWindow(millis, by.lookbackValues(), kept);
    }

    private static Question question(
            PostgresSplit split,
            SqlType type,
            String zone,
            TransactionSnapshot look,
            LookbackWindow reach,
            List<LowWatermark> ended,
            List<String> times) {
        WatermarkPosition highest = split.highest();
        return new Question(
                type,
                zone,
                look,
                highest.isStart() ? Optional.empty() : Optional.of(highest.values().get(0)),
                split.pollInProgress() && split.range().aboveHighWatermark()
                        ? look.text()
                        : split.readAt(),
                split.lastSync(),
                reach.lookbackMillis(),
                reach.lookbackValues(),
                reach.notBelow(),
                ended,
                times);
    }

    private String highest(PollContext request) {
        // not ORDER BY w: that would name the text that is selected
        return "SELECT r.w::text FROM (%s) r(w) WHERE r.w IS NOT NULL ORDER BY r.w%s DESC LIMIT 1"
                .formatted(
                        new ScanSql(scan.relation(), List.of(by.column()), List.of())
                                .all(literals(request, PollOpener::lowestValue)),
                        ByteOrderCollation.collate(by));
    }

    /** Counts what no range shows, and asks for it where it is wanted. */
    private Optional<Poll.NullWatermarkQuery> nullWatermarkRows(
            PollContext request, PipelineStatus status) throws SQLException {
        NullWatermarkRows rows = new NullWatermarkRows(by, scan.relation(), request, status);
        if (by.nullWatermark() == NullWatermarkPolicy.FAIL
                && !request.split().highest().isStart()) {
            // behind the first load nothing is sent that the user may not want
            rows.count();
            return Optional.empty();
        }
        return Optional.of(rows);
    }

    private NewRowDetector newRowDetector(PostgresSplit split, PollRange range) {
        if (split.pollInProgress() && range.aboveHighWatermark()) {
            return NewRowDetector.FLAGGED;
        }
        boolean above = range.lower().equals(split.highWatermark()) && !range.lowerIncluded();
        return split.highWatermark().isStart() || above
                ? NewRowDetector.ALL_NEW
                : NewRowDetector.FLAGGED;
    }

    /** The rows that the step behind wants to see, as far as the range does not show them. */
    private Optional<String> lookup(PollContext request, ScanSql sql, ScanRange range) {
        boolean hidden = !range.lower().isEmpty() || !range.resume().isEmpty();
        if (requestedKeys.isEmpty() || !hidden || request.schema().key().columns().isEmpty()) {
            return Optional.empty();
        }
        List<List<String>> keys =
                requestedKeys.stream()
                        .map(
                                key ->
                                        CopyText.cells(key).stream()
                                                .map(CopyText::unescape)
                                                .map(SqlLiteral::quote)
                                                .toList())
                        .toList();
        return Optional.of(
                sql.lookup(by.column(), range, keys, literals(request, PollOpener::lowestValue)));
    }

    private ScanRange select(
            PollContext request, PollRange range, NewRowDetector crossing, WatermarkScale scale) {
        PostgresSplit split = request.split();
        String lower =
                range.lower().isStart() ? "" : SqlLiteral.quote(range.lower().values().get(0));
        ScanRange asked = ScanRange.of(lower, "").resumedAt(quoted(range.resume()));
        if (range.lowerIncluded()) {
            asked = asked.withLower();
        }
        if (!by.initialValue().isEmpty()) {
            asked = asked.above(SqlLiteral.quote(by.initialValue()));
        }
        if (crossing.isFlagged()) {
            WatermarkPosition frontier =
                    split.pollInProgress() && range.aboveHighWatermark()
                            ? range.resume()
                            : split.highWatermark();
            asked = asked.flaggingNewRows(quoted(frontier));
        }
        if (TextRepresentations.mayDiffer(type(request), scale)) {
            WatermarkPosition before =
                    range.resume().isStart() ? split.highWatermark() : range.resume();
            String first = before.isStart() ? "" : before.values().get(0);
            request.schema().layout().enableTieFlags(CopyText.escape(first));
            asked = asked.flaggingTies(before.isStart() ? "" : SqlLiteral.quote(first));
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
            return by.initialValue().isEmpty() ? PollOpener.lowestValue(type) : by.initialValue();
        }
        String lower = range.lower().values().get(0);
        if (ByteOrderCollation.isChosen(by)) {
            // the query's own predicate compares in another order
            return PollOpener.lowestValue(type);
        }
        if (!range.lowerIncluded()) {
            return lower;
        }
        if (scale == WatermarkScale.NONE) {
            // nothing lies right below a text
            return PollOpener.lowestValue(type);
        }
        return lower.equals(bounds.lowest().value()) ? bounds.below() : lower;
    }

    private static Function<Placeholder, String> literals(
            PollContext request, UnaryOperator<String> lastSync) {
        return request.schema().literals(lastSync);
    }

    private DedupeWindow dedupeWindow(
            PostgresSplit started, WatermarkScale scale, WatermarkBounds bounds) {
        boolean everything = refresh.keepAll();
        long floor = DedupeWindow.NONE;
        long floorPoll = DedupeWindow.NONE;
        for (PinnedLowWatermark pin : started.transactions().openPins()) {
            everything |= pin.lowWatermark().isStart();
            floorPoll = Math.min(floorPoll, pin.poll());
            if (!pin.lowWatermark().isStart() && scale.hasDistances()) {
                floor = Math.min(floor, scale.toScale(pin.lowWatermark().values().get(0)));
            }
        }
        return new DedupeWindow(
                started.poll(),
                scale.name(),
                everything,
                floor,
                floorPoll,
                bounds.window(),
                toScale(started, scale));
    }

    private static long toScale(PostgresSplit started, WatermarkScale scale) {
        WatermarkPosition highest = started.highest();
        return highest.isStart() || !scale.hasDistances()
                ? DedupeWindow.NONE
                : scale.toScale(highest.values().get(0));
    }

    /** Works out floors for one poll. */
    private record LowWatermarks(
            PostgresSplit split,
            WatermarkScale scale,
            TransactionSnapshot look,
            Optional<InitialTransactionSnapshot> first) {

        private static final Duration UNKNOWN_START = Duration.ofHours(1);

        /** Floors of ended transactions that the database has to put in order. */
        List<LowWatermark> ended(TransactionTracker known) {
            if (!scale.hasDistances()) {
                return List.of();
            }
            return known.ended().stream()
                    .filter(pin -> !pin.lowWatermark().isStart())
                    .map(
                            pin ->
                                    new LowWatermark(
                                            pin.lowWatermark().values().get(0), pin.included()))
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
            if (!split.transactions().isFirst()) {
                return split.transactions().asOf();
            }
            // when a prepared one began is not known, nor that of another role's
            boolean known = !open.started().isEmpty() && !open.prepared();
            return known ? open.started() : look.now().minus(UNKNOWN_START).toString();
        }

        List<PinnedLowWatermark> pins(List<OpenTransaction> fresh, WatermarkBounds bounds) {
            List<PinnedLowWatermark> pins = new ArrayList<>();
            for (int i = 0; i < fresh.size(); i++) {
                OpenTransaction open = fresh.get(i);
                WatermarkPosition floor;
                boolean included = true;
                if (!split.highest().isStart()) {
                    included = !bounds.atRest();
                    floor =
                            included
                                    ? WatermarkPosition.at(bounds.lookbackBound())
                                    : split.highest().watermarkOnly();
                } else if (isTime(scale)) {
                    floor = WatermarkPosition.at(bounds.lowWatermarks().get(i));
                } else {
                    floor =
                            first.map(seen -> seen.lowWatermarkOf(open))
                                    .orElse(WatermarkPosition.START);
                }
                pins.add(
                        new PinnedLowWatermark(
                                open.virtualId(),
                                open.ids(),
                                open.description(),
                                TransactionTracker.micros(look),
                                floor,
                                included,
                                split.poll() + 1,
                                Stage.OPEN));
            }
            return pins;
        }

        /** What a poll that goes on with nothing asks for. */
        PollRange range(TransactionTracker known, WatermarkBounds bounds) {
            List<PinnedLowWatermark> ended = known.ended();
            boolean all = ended.stream().anyMatch(pin -> pin.lowWatermark().isStart());
            if (all || split.highWatermark().isStart()) {
                return PollRange.ALL;
            }
            if (!scale.hasDistances()) {
                return ended.stream()
                        .min(java.util.Comparator.comparingLong(PinnedLowWatermark::poll))
                        .map(pin -> PollRange.from(pin.lowWatermark(), pin.included()))
                        .orElseGet(() -> PollRange.from(split.highWatermark(), !bounds.atRest()));
            }
            int candidate = bounds.lowest().candidate();
            boolean included =
                    candidate == 0 ? !bounds.atRest() : ended(known).get(candidate - 1).included();
            return PollRange.from(WatermarkPosition.at(bounds.lowest().value()), included);
        }
    }
}
