package com.evolvishub.cdc.source.poll;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.runtime.row.DedupeWindow;
import com.evolvishub.cdc.source.locks.SnapshotIntegrityChecker;
import com.evolvishub.cdc.source.poll.OpenedPoll.PollContext;
import com.evolvishub.cdc.source.range.LastSyncTimes;
import com.evolvishub.cdc.source.schedule.SourceClocks;
import com.evolvishub.cdc.source.schema.RelationChangedException;
import com.evolvishub.cdc.source.schema.UnderlyingRelationMonitor;
import com.evolvishub.cdc.source.session.CombinedQuery;
import com.evolvishub.cdc.source.session.CombinedQuery.Answer;
import com.evolvishub.cdc.source.session.OpenTransaction;
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
import com.evolvishub.cdc.source.watermark.WatermarkPosition;
import com.evolvishub.cdc.source.watermark.WatermarkScale;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Opens polls of a user's query that selects what is new since {@code last_sync}. This is the time
 * of the previous complete poll's transaction snapshot minus the look-back, or a lower time that an
 * ended transaction had pinned. Used by the polling thread.
 *
 * <p>A complete poll evicts the rows that the query did not return, unless an open transaction pins
 * an earlier time. Such a poll's {@code last_sync} is kept as {@link LookbackWindow#notBelow}, and
 * later values are never lower: a longer look-back would deliver evicted rows again. A low
 * watermark is pinned with the look-back already subtracted, so that a changed look-back does not
 * move it.
 */
final class QueryPollOpener {

    private static final Duration UNKNOWN_START = Duration.ofHours(1);

    private final PollScan scan;
    private final Capture.ByQuery by;
    private final UnderlyingRelationMonitor.Refresh refresh;
    private final LowWatermarkReporter lowWatermarkReporter;
    private final SnapshotIntegrityChecker integrityChecker;
    private final SourceClocks clocks;
    private final ClockStepDetector clockStep;

    QueryPollOpener(
            PollScan scan,
            Capture.ByQuery by,
            UnderlyingRelationMonitor.Refresh refresh,
            LowWatermarkReporter lowWatermarkReporter,
            SnapshotIntegrityChecker integrityChecker,
            SourceClocks clocks,
            ClockStepDetector clockStep) {
        this.scan = scan;
        this.by = by;
        this.refresh = refresh;
        this.lowWatermarkReporter = lowWatermarkReporter;
        this.integrityChecker = integrityChecker;
        this.clocks = clocks;
        this.clockStep = clockStep;
    }

    OpenedPoll open(PollContext context) throws SQLException, RelationChangedException {
        SourceSession session = context.session();
        TimedTransactionSnapshot timed =
                ClockStepDetector.takeSnapshot(context, clocks.steady(), by.lookback());
        TransactionSnapshot snapshot = timed.snapshot();
        PostgresSplit split = clockStep.adjust(context.split(), timed, by.lookback());
        // a query is read from its start again, so it covers all ended transactions
        TransactionTracker known = split.transactions().markEnded(snapshot);
        String since = since(split, known, by.lookback());
        context.beginSnapshot();
        CombinedQuery combined = new CombinedQuery();
        combined.ask(integrityChecker.beforeRead());
        Answer<LastSyncTimes> lastSyncTimes =
                combined.ask(LastSyncTimes.of(session.roleZone(), since));
        Answer<Optional<TransactionSnapshot>> snapshotInside =
                combined.ask(TransactionSnapshot.snapshotQuery(session));
        context.takeSnapshot(combined);
        LastSyncTimes times = lastSyncTimes.get();
        TransactionSnapshot inside =
                snapshotInside.get().isPresent()
                        ? snapshotInside.get().get()
                        : TransactionSnapshot.inSnapshot(session);
        List<PinnedLowWatermark> pins =
                known.newTransactions(snapshot, inside).stream()
                        .map(open -> pin(open, split, snapshot))
                        .toList();
        TransactionTracker tracker = known.reopening(inside).withPins(pins, snapshot);
        UnaryOperator<String> lastSync = type -> lastSync(type, split, times);
        String select =
                context.schema().sql(scan.relation()).all(context.schema().literals(lastSync));
        Poll poll = Poll.start(session, context.schema().layout(), snapshot, select);
        lowWatermarkReporter.report(tracker, snapshot, WatermarkScale.TIME);
        boolean mayRepeat =
                refresh.keepAll()
                        || tracker.openPins().stream()
                                .anyMatch(pin -> isBefore(lowWatermark(pin), since));
        String notBelow = mayRepeat ? split.lookbackWindow().notBelow() : since;
        PostgresSplit started =
                split.started(
                        context.schema().key(),
                        PollRange.ALL,
                        tracker,
                        new LookbackWindow(by.lookback().toMillis(), 0, notBelow));
        DedupeWindow dedupeWindow =
                new DedupeWindow(
                        started.poll(),
                        WatermarkScale.TIME.name(),
                        mayRepeat,
                        DedupeWindow.NONE,
                        DedupeWindow.NONE,
                        0);
        return new OpenedPoll(poll, started, List.of(dedupeWindow), split.nullWatermarkRowsAt());
    }

    private PinnedLowWatermark pin(
            OpenTransaction open, PostgresSplit split, TransactionSnapshot snapshot) {
        boolean started = !open.started().isEmpty() && !open.prepared();
        long began =
                !split.transactions().isFirst()
                        ? toScale(split.transactions().asOf())
                        : started
                                ? toScale(open.started())
                                : TransactionTracker.micros(snapshot) - micros(UNKNOWN_START);
        return new PinnedLowWatermark(
                open.virtualId(),
                open.ids(),
                open.description(),
                TransactionTracker.micros(snapshot),
                WatermarkPosition.at(text(notBelowEvicted(began - micros(by.lookback()), split))),
                true,
                split.poll() + 1,
                Stage.OPEN);
    }

    /**
     * The last complete poll's time minus the look-back, or the lowest low watermark of an ended
     * transaction if that is lower; empty: everything is read.
     */
    private static String since(PostgresSplit split, TransactionTracker known, Duration lookback) {
        if (split.lastSync().isEmpty()) {
            return "";
        }
        long since = notBelowEvicted(toScale(split.lastSync()) - micros(lookback), split);
        for (PinnedLowWatermark pin : known.ended()) {
            since = Math.min(since, toScale(lowWatermark(pin)));
        }
        return text(since);
    }

    /** Raises a time to the bound below which rows were evicted. */
    private static long notBelowEvicted(long time, PostgresSplit split) {
        String notBelow = split.lookbackWindow().notBelow();
        return notBelow.isEmpty() ? time : Math.max(time, toScale(notBelow));
    }

    private static long micros(Duration duration) {
        return duration.toMillis() * 1000;
    }

    private static String text(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
    }

    private static String lowWatermark(PinnedLowWatermark pin) {
        return pin.lowWatermark().values().get(0);
    }

    private static boolean isBefore(String one, String other) {
        return other.isEmpty() || toScale(one) < toScale(other);
    }

    /** For times of the database's own clock only, never for values of rows. */
    private static long toScale(String time) {
        return WatermarkScale.TIME.toScale(time);
    }

    private String lastSync(String type, PostgresSplit split, LastSyncTimes times) {
        if (split.lastSync().isEmpty() || refresh.readAll()) {
            return by.initialValue().isEmpty() ? PollOpener.lowestValue(type) : by.initialValue();
        }
        return times.since().getOrDefault(type, times.since().get("timestamptz"));
    }
}
