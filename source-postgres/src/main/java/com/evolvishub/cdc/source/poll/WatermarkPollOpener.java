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
 * Opens polls of a watermark scan. A poll reads the rows above the position, and those below it
 * that may have become visible late: within the look-back, or written by transactions that were
 * open earlier and have ended by now. Used by the polling thread.
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
            LowWatermarkReporter lowWatermarkReporter,
            SourceClocks clocks,
            ClockStepDetector clockStep,
            NumericLookbackTimer numericLookback,
            List<byte[]> requestedKeys) {
        this.scan = scan;
        this.by = by;
        this.refresh = refresh;
        this.lowWatermarkReporter = lowWatermarkReporter;
        this.clocks = clocks;
        this.clockStep = clockStep;
        this.numericLookback = numericLookback;
        this.requestedKeys = List.copyOf(requestedKeys);
    }

    OpenedPoll open(PollContext baseContext, PipelineStatus status, Waiter waiter)
            throws SQLException, WokenUpException, RelationChangedException {
        SourceSession session = baseContext.session();
        PollContext context = baseContext;
        PostgresSplit split = context.split();
        SqlType type = DomainBaseTypes.of(session, type(context));
        ByteOrderCollation.check(by, type);
        WatermarkScale scale = WatermarkScale.of(type);
        boolean withoutHistory = split.transactions().isFirst() && !isTime(scale);
        Optional<InitialTransactionSnapshot> first =
                withoutHistory
                        ? Optional.of(
                                InitialTransactionSnapshot.take(
                                        session, highest(context), waiter, clocks.wall()))
                        : Optional.empty();
        String zone = zone(session, split, type);

        TimedTransactionSnapshot timed =
                ClockStepDetector.takeSnapshot(context, clocks.steady(), by.lookback());
        TransactionSnapshot snapshot = timed.snapshot();
        // all other queries come first: the database snapshot must begin with the second
        // transaction snapshot
        split = clockStep.adjust(session, split, type, zone, timed, by.lookback());
        context = context.at(split);
        TransactionTracker known =
                split.pollInProgress()
                        ? split.transactions()
                        : split.transactions().markEnded(snapshot);
        known = lowWatermarkReporter.releaseOlderThan(known, by.maxPin(), snapshot);
        LookbackWindow lookbackWindow = lookbackWindow(session, split, type, zone, snapshot);
        LowWatermarks lowWatermarks = new LowWatermarks(split, scale, snapshot, first);
        Question question =
                question(
                        split,
                        type,
                        zone,
                        snapshot,
                        lookbackWindow,
                        lowWatermarks.ended(known),
                        List.of());
        context.beginSnapshot();
        CombinedQuery combined = new CombinedQuery();
        Answer<WatermarkBounds> boundsAnswer = combined.ask(WatermarkBounds.of(question));
        // the transactions it returns began before the database snapshot or right after it
        Answer<Optional<TransactionSnapshot>> snapshotInside =
                combined.ask(TransactionSnapshot.snapshotQuery(session));
        context.takeSnapshot(combined);
        TransactionSnapshot inside =
                snapshotInside.get().isPresent()
                        ? snapshotInside.get().get()
                        : TransactionSnapshot.inSnapshot(session);
        List<OpenTransaction> newTransactions = known.newTransactions(snapshot, inside);
        List<String> startTimes = lowWatermarks.startTimes(newTransactions);
        WatermarkBounds initialBounds = boundsAnswer.get();
        if (!startTimes.isEmpty()) {
            question =
                    question(
                            split,
                            type,
                            zone,
                            snapshot,
                            lookbackWindow,
                            lowWatermarks.ended(known),
                            startTimes);
            initialBounds = WatermarkBounds.ask(session, question);
        }
        boolean appliesLookback =
                !split.pollInProgress() && numericLookback.isDue(scale, initialBounds.atRest());
        WatermarkBounds bounds =
                appliesLookback
                        ? WatermarkBounds.ask(session, question.unsettled())
                        : initialBounds;
        TransactionTracker tracker =
                known.reopening(inside)
                        .withPins(lowWatermarks.pins(newTransactions, bounds), snapshot);
        PollRange range =
                split.pollInProgress() ? split.range() : range(lowWatermarks, known, bounds);
        boolean due =
                TransactionTracker.micros(snapshot) - split.nullWatermarkRowsAt()
                        >= NULL_WATERMARK_INTERVAL.toMillis() * 1000;
        Optional<Poll.NullWatermarkQuery> nullWatermarkRows =
                due ? nullWatermarkRows(context, status) : Optional.empty();
        NewRowDetector newRows = newRowDetector(split, range);
        Optional<FutureBound> futureBound =
                FutureRange.futureBound(
                        session,
                        type,
                        bounds,
                        split.time(),
                        TransactionTracker.micros(snapshot),
                        !requestedKeys.isEmpty());
        ScanRange select = select(context, range, newRows, scale);
        if (futureBound.isPresent()) {
            select = select.with(futureBound.get());
        }
        UnaryOperator<String> lastSync = text -> lastSync(text, range, bounds, scale);
        ScanSql sql = by.withCollation(context.schema().sql(scan.relation()));
        Poll.Statements statements =
                new Poll.Statements(
                        nullWatermarkRows,
                        lookup(context, sql, select),
                        requestedKeys,
                        sql.range(by.column(), select, literals(context, lastSync)),
                        futureBound.filter(FutureBound::flagged).isPresent());
        Poll poll = Poll.start(session, context.schema().layout(), snapshot, newRows, statements);
        PostgresSplit started =
                split.started(context.schema().key(), range, tracker, lookbackWindow)
                        .with(split.time().in(zone));
        lowWatermarkReporter.report(tracker, snapshot, scale);
        List<PipelineElement> markers = List.of(dedupeWindow(started, scale, bounds));
        return new OpenedPoll(
                poll,
                started,
                markers,
                due ? TransactionTracker.micros(snapshot) : split.nullWatermarkRowsAt());
    }

    private PollRange range(
            LowWatermarks lowWatermarks, TransactionTracker known, WatermarkBounds bounds) {
        return refresh.readAll() ? PollRange.ALL : lowWatermarks.range(known, bounds);
    }

    private static boolean isTime(WatermarkScale scale) {
        return scale == WatermarkScale.TIME || scale == WatermarkScale.DATE;
    }

    /** The time zone of values without one. A position of one zone is not valid in another. */
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

    private SqlType type(PollContext context) {
        return context.schema().layout().schema().columns().stream()
                .filter(column -> column.name().equals(by.column()))
                .findFirst()
                .map(Column::type)
                .orElseThrow();
    }

    /** Keeps a longer look-back than before from reading rows again that were evicted. */
    private LookbackWindow lookbackWindow(
            SourceSession session,
            PostgresSplit split,
            SqlType type,
            String zone,
            TransactionSnapshot snapshot)
            throws SQLException {
        long millis = by.lookback().toMillis();
        LookbackWindow before = split.lookbackWindow();
        boolean same =
                before.lookbackMillis() == millis && before.lookbackValues() == by.lookbackValues();
        if (same || split.highest().isStart()) {
            return new LookbackWindow(millis, by.lookbackValues(), same ? before.notBelow() : "");
        }
        Question previous = question(split, type, zone, snapshot, before, List.of(), List.of());
        String notBelow = WatermarkBounds.ask(session, previous).lookbackBound();
        return new LookbackWindow(millis, by.lookbackValues(), notBelow);
    }

    private static Question question(
            PostgresSplit split,
            SqlType type,
            String zone,
            TransactionSnapshot snapshot,
            LookbackWindow lookbackWindow,
            List<LowWatermark> ended,
            List<String> startTimes) {
        WatermarkPosition highest = split.highest();
        return new Question(
                type,
                zone,
                snapshot,
                highest.isStart() ? Optional.empty() : Optional.of(highest.values().get(0)),
                split.pollInProgress() && split.range().aboveHighWatermark()
                        ? snapshot.text()
                        : split.readAt(),
                split.lastSync(),
                lookbackWindow.lookbackMillis(),
                lookbackWindow.lookbackValues(),
                lookbackWindow.notBelow(),
                ended,
                startTimes);
    }

    private String highest(PollContext context) {
        // not ORDER BY w, which would sort by the selected text
        return "SELECT r.w::text FROM (%s) r(w) WHERE r.w IS NOT NULL ORDER BY r.w%s DESC LIMIT 1"
                .formatted(
                        new ScanSql(scan.relation(), List.of(by.column()), List.of())
                                .all(literals(context, PollOpener::lowestValue)),
                        ByteOrderCollation.collate(by));
    }

    /** Queries NULL-watermark rows, and selects them if the mapping includes them. */
    private Optional<Poll.NullWatermarkQuery> nullWatermarkRows(
            PollContext context, PipelineStatus status) throws SQLException {
        NullWatermarkRows rows = new NullWatermarkRows(by, scan.relation(), context, status);
        if (by.nullWatermark() == NullWatermarkPolicy.FAIL
                && !context.split().highest().isStart()) {
            // after the first load the check comes first: if it fails, the poll sends no row
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

    /** Selects the rows of requested keys that the range does not contain. */
    private Optional<String> lookup(PollContext context, ScanSql sql, ScanRange range) {
        boolean hidden = !range.lower().isEmpty() || !range.resume().isEmpty();
        if (requestedKeys.isEmpty() || !hidden || context.schema().key().columns().isEmpty()) {
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
                sql.lookup(by.column(), range, keys, literals(context, PollOpener::lowestValue)));
    }

    private ScanRange select(
            PollContext context, PollRange range, NewRowDetector newRows, WatermarkScale scale) {
        PostgresSplit split = context.split();
        String lower =
                range.lower().isStart() ? "" : SqlLiteral.quote(range.lower().values().get(0));
        ScanRange scanRange = ScanRange.of(lower, "").resumedAt(quoted(range.resume()));
        if (range.lowerIncluded()) {
            scanRange = scanRange.withLower();
        }
        if (!by.initialValue().isEmpty()) {
            scanRange = scanRange.above(SqlLiteral.quote(by.initialValue()));
        }
        if (newRows.isFlagged()) {
            WatermarkPosition highWatermark =
                    split.pollInProgress() && range.aboveHighWatermark()
                            ? range.resume()
                            : split.highWatermark();
            scanRange = scanRange.flaggingNewRows(quoted(highWatermark));
        }
        if (TextRepresentations.mayDiffer(type(context), scale)) {
            WatermarkPosition before =
                    range.resume().isStart() ? split.highWatermark() : range.resume();
            String first = before.isStart() ? "" : before.values().get(0);
            context.schema().layout().enableTieFlags(CopyText.escape(first));
            scanRange = scanRange.flaggingTies(before.isStart() ? "" : SqlLiteral.quote(first));
        }
        return scanRange;
    }

    private static List<String> quoted(WatermarkPosition position) {
        return position.values().stream().map(SqlLiteral::quote).toList();
    }

    /** The lower bound of the range, as {@code last_sync} of a user's query. */
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
            // a text has no predecessor
            return PollOpener.lowestValue(type);
        }
        return lower.equals(bounds.lowest().value()) ? bounds.below() : lower;
    }

    private static Function<Placeholder, String> literals(
            PollContext context, UnaryOperator<String> lastSync) {
        return context.schema().literals(lastSync);
    }

    private DedupeWindow dedupeWindow(
            PostgresSplit started, WatermarkScale scale, WatermarkBounds bounds) {
        boolean keepAll = refresh.keepAll();
        long lowWatermark = DedupeWindow.NONE;
        long lowWatermarkPoll = DedupeWindow.NONE;
        for (PinnedLowWatermark pin : started.transactions().openPins()) {
            keepAll |= pin.lowWatermark().isStart();
            lowWatermarkPoll = Math.min(lowWatermarkPoll, pin.poll());
            if (!pin.lowWatermark().isStart() && scale.hasDistances()) {
                lowWatermark =
                        Math.min(lowWatermark, scale.toScale(pin.lowWatermark().values().get(0)));
            }
        }
        return new DedupeWindow(
                started.poll(),
                scale.name(),
                keepAll,
                lowWatermark,
                lowWatermarkPoll,
                bounds.window(),
                toScale(started, scale));
    }

    private static long toScale(PostgresSplit started, WatermarkScale scale) {
        WatermarkPosition highest = started.highest();
        return highest.isStart() || !scale.hasDistances()
                ? DedupeWindow.NONE
                : scale.toScale(highest.values().get(0));
    }

    /** Computes the low watermarks of one poll. */
    private record LowWatermarks(
            PostgresSplit split,
            WatermarkScale scale,
            TransactionSnapshot snapshot,
            Optional<InitialTransactionSnapshot> first) {

        private static final Duration UNKNOWN_START = Duration.ofHours(1);

        /** Low watermarks of ended transactions that the database must sort. */
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

        /**
         * The earliest possible start of each transaction, where its low watermark depends on it.
         */
        List<String> startTimes(List<OpenTransaction> newTransactions) {
            if (!split.highest().isStart() || !isTime(scale)) {
                return List.of();
            }
            return newTransactions.stream().map(this::startTime).toList();
        }

        private String startTime(OpenTransaction open) {
            if (!split.transactions().isFirst()) {
                return split.transactions().asOf();
            }
            // the start of a prepared transaction or of another role's transaction is unknown
            boolean known = !open.started().isEmpty() && !open.prepared();
            return known ? open.started() : snapshot.now().minus(UNKNOWN_START).toString();
        }

        List<PinnedLowWatermark> pins(
                List<OpenTransaction> newTransactions, WatermarkBounds bounds) {
            List<PinnedLowWatermark> pins = new ArrayList<>();
            for (int i = 0; i < newTransactions.size(); i++) {
                OpenTransaction open = newTransactions.get(i);
                WatermarkPosition lowWatermark;
                boolean included = true;
                if (!split.highest().isStart()) {
                    included = !bounds.atRest();
                    lowWatermark =
                            included
                                    ? WatermarkPosition.at(bounds.lookbackBound())
                                    : split.highest().watermarkOnly();
                } else if (isTime(scale)) {
                    lowWatermark = WatermarkPosition.at(bounds.lowWatermarks().get(i));
                } else {
                    lowWatermark =
                            first.map(seen -> seen.lowWatermarkOf(open))
                                    .orElse(WatermarkPosition.START);
                }
                pins.add(
                        new PinnedLowWatermark(
                                open.virtualId(),
                                open.ids(),
                                open.description(),
                                TransactionTracker.micros(snapshot),
                                lowWatermark,
                                included,
                                split.poll() + 1,
                                Stage.OPEN));
            }
            return pins;
        }

        /** The range of a poll that does not resume another one. */
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
