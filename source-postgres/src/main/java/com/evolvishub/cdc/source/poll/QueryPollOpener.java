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
 * Opens polls of a query that says itself what is new since {@code last_sync}: the database's time
 * at the previous complete poll's look less the look-back, or what an ended transaction has pinned,
 * whichever is lower. Used by the polling thread.
 *
 * <p>A complete poll forgets the rows that the query did not return, unless an open transaction
 * pins an earlier time. Such a poll's {@code last_sync} is kept as {@link LookbackWindow#notBelow},
 * and no later one lies below it: a raised look-back would show forgotten rows again. A low
 * watermark is pinned with the look-back already subtracted, so that a changed look-back does not
 * move it.
 */
final class QueryPollOpener {

    private static final Duration UNKNOWN_START = Duration.ofHours(1);

    private final PollScan scan;
    private final Capture.ByQuery by;
    private final UnderlyingRelationMonitor.Refresh refresh;
    private final LowWatermarkReporter lowWatermarkReporter;
    private final SnapshotIntegrityChecker observer;
    private final SourceClocks clocks;
    private final ClockStepDetector clockStep;

    QueryPollOpener(
            PollScan scan,
            Capture.ByQuery by,
            UnderlyingRelationMonitor.Refresh refresh,
            LowWatermarkReporter watch,
            SnapshotIntegrityChecker observer,
            SourceClocks clocks,
            ClockStepDetector step) {
        this.scan = scan;
        this.by = by;
        this.refresh = refresh;
        this.lowWatermarkReporter = watch;
        this.observer = observer;
        this.clocks = clocks;
        this.clockStep = step;
    }

    OpenedPoll open(PollContext request) throws SQLException, RelationChangedException {
        SourceSession session = request.session();
        TimedTransactionSnapshot timed =
                ClockStepDetector.takeSnapshot(request, clocks.steady(), by.lookback());
        TransactionSnapshot look = timed.snapshot();
        PostgresSplit split = clockStep.adjust(request.split(), timed, by.lookback());
        // a query is read from its start again: what has ended is served in any case
        TransactionTracker known = split.transactions().markEnded(look);
        String since = since(split, known, by.lookback());
        request.beginSnapshot();
        CombinedQuery taking = new CombinedQuery();
        taking.ask(observer.beforeRead());
        Answer<LastSyncTimes> asked = taking.ask(LastSyncTimes.of(session.roleZone(), since));
        Answer<Optional<TransactionSnapshot>> looked =
                taking.ask(TransactionSnapshot.snapshotQuery(session));
        request.takeSnapshot(taking);
        LastSyncTimes times = asked.get();
        TransactionSnapshot inside =
                looked.get().isPresent()
                        ? looked.get().get()
                        : TransactionSnapshot.inSnapshot(session);
        List<PinnedLowWatermark> pins =
                known.newTransactions(look, inside).stream()
                        .map(open -> pin(open, split, look))
                        .toList();
        TransactionTracker looks = known.reopening(inside).withPins(pins, look);
        UnaryOperator<String> lastSync = type -> lastSync(type, split, times);
        String select =
                request.schema().sql(scan.relation()).all(request.schema().literals(lastSync));
        Poll poll = Poll.start(session, request.schema().layout(), look, select);
        lowWatermarkReporter.report(looks, look, WatermarkScale.TIME);
        boolean mayComeAgain =
                refresh.keepAll()
                        || looks.openPins().stream()
                                .anyMatch(pin -> isBefore(lowWatermark(pin), since));
        String kept = mayComeAgain ? split.lookbackWindow().notBelow() : since;
        PostgresSplit started =
                split.started(
                        request.schema().key(),
                        PollRange.ALL,
                        looks,
                        new LookbackWindow(by.lookback().toMillis(), 0, kept));
        DedupeWindow retention =
                new DedupeWindow(
                        started.poll(),
                        WatermarkScale.TIME.name(),
                        mayComeAgain,
                        DedupeWindow.NONE,
                        DedupeWindow.NONE,
                        0);
        return new OpenedPoll(poll, started, List.of(retention), split.nullWatermarkRowsAt());
    }

    private PinnedLowWatermark pin(
            OpenTransaction open, PostgresSplit split, TransactionSnapshot look) {
        boolean started = !open.started().isEmpty() && !open.prepared();
        long began =
                !split.transactions().isFirst()
                        ? toScale(split.transactions().asOf())
                        : started
                                ? toScale(open.started())
                                : TransactionTracker.micros(look) - micros(UNKNOWN_START);
        return new PinnedLowWatermark(
                open.virtualId(),
                open.ids(),
                open.description(),
                TransactionTracker.micros(look),
                WatermarkPosition.at(text(notBelowForgotten(began - micros(by.lookback()), split))),
                true,
                split.poll() + 1,
                Stage.OPEN);
    }

    /**
     * The last complete poll's time less the look-back, or the lowest of the low watermarks that
     * ended transactions have pinned; empty: everything is read.
     */
    private static String since(PostgresSplit split, TransactionTracker known, Duration lookback) {
        if (split.lastSync().isEmpty()) {
            return "";
        }
        long since = notBelowForgotten(toScale(split.lastSync()) - micros(lookback), split);
        for (PinnedLowWatermark pin : known.ended()) {
            since = Math.min(since, toScale(lowWatermark(pin)));
        }
        return text(since);
    }

    /** What lies below was forgotten. */
    private static long notBelowForgotten(long time, PostgresSplit split) {
        String kept = split.lookbackWindow().notBelow();
        return kept.isEmpty() ? time : Math.max(time, toScale(kept));
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

    /** Of times that the database told us of itself, never of what rows hold. */
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
