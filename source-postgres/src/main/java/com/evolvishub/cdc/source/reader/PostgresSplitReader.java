package com.evolvishub.cdc.source.reader;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.runtime.pipeline.BackpressureGate;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.HighWatermarkCrossed;
import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.runtime.row.PollStarted;
import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.source.locks.LockHolder;
import com.evolvishub.cdc.source.poll.DuplicateEffect;
import com.evolvishub.cdc.source.poll.OpenedPoll;
import com.evolvishub.cdc.source.poll.Poll;
import com.evolvishub.cdc.source.poll.PollOpener;
import com.evolvishub.cdc.source.poll.WakeableWaiter;
import com.evolvishub.cdc.source.poll.WakeableWaiter.WokenUpException;
import com.evolvishub.cdc.source.schedule.LockRetryBackoff;
import com.evolvishub.cdc.source.schedule.OutageBackoff;
import com.evolvishub.cdc.source.schedule.PollSchedule;
import com.evolvishub.cdc.source.schedule.QuarantineBackoff;
import com.evolvishub.cdc.source.schedule.SourceClocks;
import com.evolvishub.cdc.source.schema.RowLayoutResolver;
import com.evolvishub.cdc.source.session.SourceErrorClassifier;
import com.evolvishub.cdc.source.session.SourceException;
import com.evolvishub.cdc.source.session.SourceSession;
import com.evolvishub.cdc.source.split.PostgresSplit;
import com.evolvishub.cdc.source.split.PostgresSplitState;
import com.evolvishub.cdc.source.split.RestoreCheck;
import com.evolvishub.cdc.source.watermark.GranularityDetector;
import com.evolvishub.cdc.source.watermark.WatermarkGranularity;
import com.evolvishub.cdc.source.watermark.WatermarkScale;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;

/**
 * Polls the source in the fetcher's thread; other threads call {@link #wakeUp}. Waits for the
 * schedule, the backpressure gate, free space and the worker's read turn, but never for Flink's
 * queue, which has room for all pages in flight. Handles outages of the source itself.
 */
final class PostgresSplitReader implements SplitReader<SourceRecord, PostgresSplit> {

    /** Flink's queue holds two pages; the task may hold one more. */
    private static final int MAX_PAGES_IN_FLIGHT = 2;

    private static final int PAGE_BYTES = 4 << 20;
    private static final Duration PAGE_TIME = Duration.ofMillis(500);

    /**
     * Maximum time that a database snapshot stays open while the gate is closed. The read then
     * resumes with a new one.
     */
    static final Duration SNAPSHOT_TIMEOUT = Duration.ofSeconds(30);

    private static final Duration TURN_CHECK_INTERVAL = Duration.ofMillis(250);

    /**
     * Extra reads of a mapping that polls once; a constantly changing source confirms no deletes.
     */
    private static final int CONFIRMATIONS = 3;

    private final Pipeline pipeline;
    private final String run;
    private final RestoreMode restoreMode;
    private final PollScan scan;
    private final boolean endsWhenFinished;
    private final BackpressureGate gate;
    private final Clock clock;
    private final WakeableWaiter waiter;
    private final SourceStatusReporter statusReporter;
    private final PollSchedule schedule;
    private final OutageBackoff backOff;
    private final QuarantineBackoff quarantineBackoff = new QuarantineBackoff();
    private final LockRetryBackoff lockBackoff = new LockRetryBackoff();
    private final PollOpener opener;
    private final ReadScheduler.ReadTurn turn;
    private final PollSession session;
    private final StallDetector.Registration stallDetector;
    private final GranularityDetector granularity;
    private final AtomicInteger inFlight = new AtomicInteger();

    private PostgresSplitState position;
    private String refusal = "";
    private Poll poll;
    private Instant pollStart;
    private Instant nextPoll;
    private boolean highWatermarkCrossed;
    private SqlType watermarkType;
    private long nullWatermarkRowsAt;
    private long completed;
    private int confirmations;

    PostgresSplitReader(
            Pipeline pipeline,
            String run,
            RestoreMode restoreMode,
            boolean endsWhenFinished,
            BackpressureGate gate,
            SourceClocks clocks) {
        this.pipeline = pipeline;
        this.run = run;
        this.restoreMode = restoreMode;
        this.scan = pipeline.scan();
        this.endsWhenFinished = endsWhenFinished;
        this.gate = gate;
        this.clock = clocks.wall();
        this.waiter = new WakeableWaiter(clock);
        this.statusReporter = new SourceStatusReporter(pipeline.mapping(), gate, clock);
        this.schedule = new PollSchedule(scan.schedule());
        this.backOff = new OutageBackoff(scan.retry(), ThreadLocalRandom.current());
        this.opener =
                new PollOpener(
                        pipeline.mapping(),
                        scan,
                        gate.status(),
                        clocks,
                        DuplicateEffect.of(pipeline, restoreMode),
                        gate.keyLookupRequests());
        this.turn =
                ReadScheduler.join(run, pipeline.worker(), pipeline.turn(), clock, waiter::signal);
        this.session = new PollSession(pipeline, gate, clock, waiter);
        this.stallDetector = StallDetector.join(run, scan.source().connection(), session::abort);
        this.granularity = new GranularityDetector(pipeline.mapping());
        this.nextPoll = schedule.first(clock.instant());
        this.pollStart = nextPoll;
    }

    @Override
    public void handleSplitsChanges(SplitsChange<PostgresSplit> change) {
        if (change instanceof SplitsAddition && !change.splits().isEmpty()) {
            RestoreCheck restoreCheck =
                    RestoreCheck.of(change.splits().get(0), pipeline, run, restoreMode);
            refusal = restoreCheck.refusal();
            position =
                    new PostgresSplitState(RowLayoutResolver.watermark(scan), restoreCheck.split());
            nextPoll = firstPoll(restoreCheck.split());
            pollStart = nextPoll;
        }
    }

    /** An unfinished read resumes at once; of missed poll times, one is made up for. */
    private Instant firstPoll(PostgresSplit split) {
        Instant now = clock.instant();
        if (split.pollInProgress() || split.lastSync().isEmpty()) {
            return split.pollInProgress() ? now : schedule.first(now);
        }
        long micros = WatermarkScale.TIME.toScale(split.lastSync());
        Instant last = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
        return schedule.firstAfter(Optional.of(last), now);
    }

    @Override
    public RecordsWithSplitIds<SourceRecord> fetch() {
        try {
            return fetchOnce();
        } catch (WokenUpException woken) {
            abandon();
            waiter.rearm();
            return FetchedRecords.empty();
        } finally {
            stallDetector.end();
            turn.release();
        }
    }

    private FetchedRecords fetchOnce() throws WokenUpException {
        if (!pipeline.enabled()) {
            statusReporter.report(MappingState.DISABLED);
            waiter.awaitTime(Instant.MAX);
        }
        if (!refusal.isEmpty()) {
            statusReporter.report(MappingState.QUARANTINED, refusal, Optional.empty());
            waiter.awaitTime(Instant.MAX);
        }
        List<SourceRecord> records = new ArrayList<>();
        try {
            if (poll == null) {
                awaitSchedule();
                if (isFinished()) {
                    return finish();
                }
                waiter.await(gate, Instant.MAX, gate::isOpen);
                open(records);
            }
            if (!awaitFreeSpace()) {
                return abandonRead(records);
            }
            read(records);
            return passOn(records);
        } catch (SQLException | SourceException failure) {
            if (waiter.isWoken()) {
                throw new WokenUpException();
            }
            return failed(failure, records);
        }
    }

    private void awaitSchedule() throws WokenUpException {
        waiter.awaitTime(nextPoll);
        if (completed > 0 && waitsForDelivery()) {
            waiter.await(gate, Instant.MAX, () -> gate.acknowledgedPoll() >= completed);
        }
    }

    /**
     * Whether the next poll waits for delivery. A full read detects deletes, which are processed
     * downstream and must be finished before the next poll. A mapping that polls once is finished
     * when everything is delivered.
     */
    private boolean waitsForDelivery() {
        return schedule.isOnce() || !(scan.capture() instanceof Capture.ByWatermark);
    }

    private boolean isFinished() {
        // requested key lookups need another poll
        return schedule.isOnce() && completed > 0 && gate.keyLookupRequests().requested().isEmpty();
    }

    private FetchedRecords finish() throws WokenUpException {
        if (gate.status().source().state() == MappingState.QUARANTINED) {
            // an operator downstream has rejected the poll, so it does not count
            completed = 0;
            nextPoll = clock.instant().plus(QuarantineBackoff.LONGEST);
            return FetchedRecords.empty();
        }
        if (gate.status().unconfirmedDeletes.get() > 0 && confirmations++ < CONFIRMATIONS) {
            // there is no later poll: the read that confirms deletes follows at once
            completed = 0;
            nextPoll = clock.instant();
            return FetchedRecords.empty();
        }
        statusReporter.report(MappingState.FINISHED);
        if (endsWhenFinished) {
            return FetchedRecords.finished(pipeline.identity());
        }
        waiter.awaitTime(Instant.MAX);
        return FetchedRecords.empty();
    }

    /** Starts a poll and adds the record that says so. */
    private void open(List<SourceRecord> records) throws SQLException, WokenUpException {
        pollStart = clock.instant();
        if (backOff.isTrying()) {
            gate.status().retries.incrementAndGet();
        }
        try {
            openOnce(records);
        } catch (SQLException stale) {
            boolean wasIdle =
                    SourceErrorClassifier.isIdleTimeout(stale)
                            || (session.mayBeStale()
                                    && !SourceErrorClassifier.isLockConflict(stale));
            if (!wasIdle || waiter.isWoken() || !records.isEmpty()) {
                throw stale;
            }
            // the server may have closed an idle session silently; that is no outage yet
            session.renew();
            openOnce(records);
        }
    }

    private void openOnce(List<SourceRecord> records) throws SQLException, WokenUpException {
        PostgresSplit split = position.toSplit();
        SourceSession open = session.open();
        stallDetector.begin(open);
        open.setPurpose(pipeline.mapping());
        PollOpener.SourceSchema schema = opener.describeSource(open, split, gate.destination());
        stallDetector.end();
        gate.status().expectRows(schema.expectedRows());
        if (split.lastSync().isEmpty() || backOff.isTrying()) {
            statusReporter.report(MappingState.CATCHING_UP);
        }
        acquireTurn();
        stallDetector.begin(open);
        OpenedPoll opened =
                opener.open(
                        open,
                        schema,
                        split,
                        gate.destination(),
                        deadline -> awaitTime(open, deadline));
        stallDetector.end();
        PostgresSplit started = opened.started();
        records.add(
                new SourceRecord.PollBoundary(
                        new PollStarted(started.poll(), opened.poll().layout().schema()),
                        started,
                        ""));
        opened.markers().forEach(element -> records.add(new SourceRecord.Unpositioned(element)));
        position.moveTo(started);
        highWatermarkCrossed = !(scan.capture() instanceof Capture.ByWatermark);
        poll = opened.poll();
        watermarkType = watermarkType(schema);
        nullWatermarkRowsAt = opened.nullWatermarkRowsAt();
    }

    /**
     * The watermark's declared type; below a domain the real type may differ, then no granularity
     * is detected.
     */
    private SqlType watermarkType(PollOpener.SourceSchema schema) {
        return schema.layout().schema().columns().stream()
                .filter(column -> column.name().equals(RowLayoutResolver.watermark(scan)))
                .map(Column::type)
                .findFirst()
                .orElse(new SqlType(25, "text", 'b', 'S'));
    }

    /** Waits without supervision: no response is expected meanwhile. */
    private void awaitTime(SourceSession open, Instant deadline) throws WokenUpException {
        stallDetector.end();
        waiter.awaitTime(deadline);
        stallDetector.begin(open);
    }

    private void acquireTurn() throws WokenUpException {
        boolean acquired;
        do {
            // polled, because no signal is sent when a read turn expires
            acquired =
                    waiter.await(gate, clock.instant().plus(TURN_CHECK_INTERVAL), turn::tryAcquire);
        } while (!acquired);
    }

    /**
     * Waits until a page may be passed on; false if the database snapshot must be released first.
     */
    private boolean awaitFreeSpace() throws WokenUpException {
        if (hasFreeSpace()) {
            return true;
        }
        turn.release();
        Instant limit = clock.instant().plus(SNAPSHOT_TIMEOUT);
        while (!waiter.await(gate, limit, this::hasFreeSpace)) {
            if (!gate.isOpen()) {
                return false;
            }
            limit = clock.instant().plus(SNAPSHOT_TIMEOUT);
        }
        return true;
    }

    private boolean hasFreeSpace() {
        return gate.isOpen() && inFlight.get() < MAX_PAGES_IN_FLIGHT;
    }

    private void read(List<SourceRecord> records) throws SQLException, WokenUpException {
        acquireTurn();
        stallDetector.begin(session.current());
        int rows = 0;
        long bytes = 0;
        long deadline = clock.millis() + PAGE_TIME.toMillis();
        while (rows < scan.pageRows() && bytes < PAGE_BYTES && clock.millis() < deadline) {
            Optional<byte[]> line = poll.next();
            poll.enteredPhases()
                    .forEach(
                            phase ->
                                    records.add(
                                            new SourceRecord.Unpositioned(phase.of(pollNumber()))));
            if (line.isEmpty()) {
                endPoll(records);
                return;
            }
            if (!turn.keep()) {
                stallDetector.end();
                acquireTurn();
                stallDetector.begin(session.current());
            }
            rows++;
            bytes += line.get().length;
            poll.row(line.get()).ifPresent(row -> add(row, records));
        }
        MappingState state = gate.status().source().state();
        boolean quiet = state == MappingState.IDLE || state == MappingState.STARTING;
        if (quiet && rows == scan.pageRows()) {
            statusReporter.report(MappingState.CATCHING_UP);
        }
    }

    private long pollNumber() {
        return position.toSplit().poll();
    }

    private void add(ChangeRow row, List<SourceRecord> records) {
        if (!poll.isInRange()) {
            records.add(new SourceRecord.Unpositioned(row));
            return;
        }
        granularity.add(row, watermarkType);
        boolean isNew = poll.isNew();
        if (isNew && !highWatermarkCrossed) {
            highWatermarkCrossed = true;
            records.add(new SourceRecord.Unpositioned(new HighWatermarkCrossed(pollNumber())));
        }
        records.add(new SourceRecord.Row(row, isNew));
    }

    private void endPoll(List<SourceRecord> records) throws SQLException {
        advancePosition(records);
        if (!(scan.capture() instanceof Capture.ByWatermark)) {
            long pollNumber = position.toSplit().poll();
            records.add(
                    new SourceRecord.Unpositioned(opener.coverage(session.current(), pollNumber)));
        }
        PostgresSplit split =
                poll.completedSplit(
                        position.toSplit()
                                .completed(poll.transactionSnapshot(), nullWatermarkRowsAt),
                        gate.status());
        WatermarkGranularity pollGranularity =
                granularity.merge(split.time().granularity(), RowLayoutResolver.watermark(scan));
        split = split.with(split.time().with(pollGranularity));
        gate.status().watermarkGranularitySeconds.set(pollGranularity.seconds());
        records.add(
                new SourceRecord.PollBoundary(
                        new PollEnded(split.poll(), true, poll.transactionSnapshot().now()),
                        split,
                        poll.warning()));
        position.moveTo(split);
        completed = split.poll();
        backOff.succeeded();
        quarantineBackoff.succeeded();
        lockBackoff.succeeded();
        nextPoll = schedule.next(pollStart, clock.instant());
        poll = null;
        try {
            session.endPoll(nextPoll);
        } catch (SQLException broken) {
            // all rows were read: the next poll opens a new session
            abandon();
        }
    }

    /** The last row among the records is where the next read resumes. */
    private void advancePosition(List<SourceRecord> records) {
        for (int i = records.size() - 1; i >= 0; i--) {
            if (records.get(i) instanceof SourceRecord.Row row) {
                position.advanceTo(row.row(), row.isNew());
                return;
            }
        }
    }

    private FetchedRecords passOn(List<SourceRecord> records) {
        turn.release();
        if (poll != null) {
            advancePosition(records);
        }
        inFlight.incrementAndGet();
        return FetchedRecords.of(
                pipeline.identity(),
                records,
                () -> {
                    inFlight.decrementAndGet();
                    waiter.signal();
                });
    }

    /** The gate stays closed: ends the database snapshot; the read resumes with a new one. */
    private FetchedRecords abandonRead(List<SourceRecord> records) {
        Instant asOf = poll.transactionSnapshot().now();
        abandon();
        nextPoll = clock.instant();
        return passOn(withEnd(records, asOf));
    }

    private List<SourceRecord> withEnd(List<SourceRecord> records, Instant asOf) {
        advancePosition(records);
        PostgresSplit split = position.toSplit();
        records.add(
                new SourceRecord.PollBoundary(new PollEnded(split.poll(), false, asOf), split, ""));
        return records;
    }

    /**
     * Retries soon after a lock conflict: a poll does not wait for locks, and a conflict is not a
     * failure.
     */
    private FetchedRecords retryAfterLock(List<SourceRecord> records) {
        Optional<Instant> asOf =
                Optional.ofNullable(poll).map(read -> read.transactionSnapshot().now());
        poll = null;
        Instant now = clock.instant();
        nextPoll = now.plus(lockBackoff.failed(now));
        String holder = LockHolder.unknown();
        try {
            session.current().endSnapshot();
            holder = opener.lockHolder(session.current());
            session.endPoll(nextPoll);
        } catch (SQLException broken) {
            abandon();
        }
        if (lockBackoff.shouldReport(now)) {
            statusReporter.report(MappingState.RETRYING, holder, Optional.of(nextPoll));
        }
        return asOf.map(when -> passOn(withEnd(records, when))).orElseGet(FetchedRecords::empty);
    }

    private FetchedRecords failed(Exception failure, List<SourceRecord> records) {
        if (SourceErrorClassifier.isLockConflict(failure) && session.current() != null) {
            return retryAfterLock(records);
        }
        Optional<Instant> asOf =
                Optional.ofNullable(poll).map(read -> read.transactionSnapshot().now());
        abandon();
        String noResponse = stallDetector.takeVerdict();
        RuntimeException error =
                noResponse.isEmpty()
                        ? SourceErrorClassifier.toException(failure)
                        : SourceException.transientError(noResponse, failure);
        if (!(error instanceof SourceException known)) {
            throw error;
        }
        gate.status().errors.incrementAndGet();
        Duration delay = backOff.failed();
        boolean quarantined = !known.isTransient() || backOff.isExhausted();
        nextPoll =
                clock.instant().plus(known.isTransient() ? delay : quarantineBackoff.failed(known));
        if (!known.isTransient() && asOf.isPresent()) {
            // a read found the error, and reads are expensive: retry no more often than the
            // schedule
            Instant regular = schedule.next(pollStart, clock.instant());
            nextPoll = regular.isAfter(nextPoll) ? regular : nextPoll;
        }
        statusReporter.report(
                quarantined ? MappingState.QUARANTINED : MappingState.RETRYING,
                known.getMessage(),
                Optional.of(nextPoll));
        return asOf.map(when -> passOn(withEnd(records, when))).orElseGet(FetchedRecords::empty);
    }

    /** Aborts the running read. */
    private void abandon() {
        poll = null;
        session.abandon();
    }

    @Override
    public void wakeUp() {
        waiter.wakeUp();
        session.wakeUp();
    }

    @Override
    public void close() {
        poll = null;
        session.close();
        stallDetector.close();
        turn.close();
    }
}
