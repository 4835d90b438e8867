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
 * Polls the source, in the fetcher's thread; {@link #wakeUp} comes from others. Waits for the
 * schedule, for the gate, for room and for the worker's turn; never for a place in Flink's queue,
 * which has room for all the pages that may be on their way. An outage is met here and goes no
 * further.
 */
final class PostgresSplitReader implements SplitReader<SourceRecord, PostgresSplit> {

    /** Flink's queue holds two; one more may be in the hands of the task. */
    private static final int MAX_PAGES_IN_FLIGHT = 2;

    private static final int PAGE_BYTES = 4 << 20;
    private static final Duration PAGE_TIME = Duration.ofMillis(500);

    /** After that long at a closed gate the snapshot is let go; the read goes on with a new one. */
    static final Duration SNAPSHOT_TIMEOUT = Duration.ofSeconds(30);

    private static final Duration TURN_CHECK_INTERVAL = Duration.ofMillis(250);

    /**
     * Reads more of a mapping that polls once; a source that changes all the time confirms none.
     */
    private static final int CONFIRMATIONS = 3;

    private final Pipeline pipeline;
    private final String run;
    private final RestoreMode resumption;
    private final PollScan scan;
    private final boolean endsWhenFinished;
    private final BackpressureGate gate;
    private final Clock clock;
    private final WakeableWaiter pause;
    private final SourceStatusReporter condition;
    private final PollSchedule schedule;
    private final OutageBackoff backOff;
    private final QuarantineBackoff quarantineBackoff = new QuarantineBackoff();
    private final LockRetryBackoff lockWaits = new LockRetryBackoff();
    private final PollOpener opener;
    private final ReadScheduler.ReadTurn turn;
    private final PollSession session;
    private final StallDetector.Registration stallDetector;
    private final GranularityDetector granularity;
    private final AtomicInteger inFlight = new AtomicInteger();

    private PostgresSplitState position;
    private String refusal = "";
    private Poll poll;
    private Instant begun;
    private Instant next;
    private boolean crossed;
    private SqlType watermarkType;
    private long nullWatermarkRowsAt;
    private long completed;
    private int confirmations;

    PostgresSplitReader(
            Pipeline pipeline,
            String run,
            RestoreMode resumption,
            boolean endsWhenFinished,
            BackpressureGate gate,
            SourceClocks clocks) {
        this.pipeline = pipeline;
        this.run = run;
        this.resumption = resumption;
        this.scan = pipeline.scan();
        this.endsWhenFinished = endsWhenFinished;
        this.gate = gate;
        this.clock = clocks.wall();
        this.pause = new WakeableWaiter(clock);
        this.condition = new SourceStatusReporter(pipeline.mapping(), gate, clock);
        this.schedule = new PollSchedule(scan.schedule());
        this.backOff = new OutageBackoff(scan.retry(), ThreadLocalRandom.current());
        this.opener =
                new PollOpener(
                        pipeline.mapping(),
                        scan,
                        gate.status(),
                        clocks,
                        DuplicateEffect.of(pipeline, resumption),
                        gate.keyLookupRequests());
        this.turn =
                ReadScheduler.join(run, pipeline.worker(), pipeline.turn(), clock, pause::signal);
        this.session = new PollSession(pipeline, gate, clock, pause);
        this.stallDetector = StallDetector.join(run, scan.source().connection(), session::abort);
        this.granularity = new GranularityDetector(pipeline.mapping());
        this.next = schedule.first(clock.instant());
        this.begun = next;
    }

    @Override
    public void handleSplitsChanges(SplitsChange<PostgresSplit> change) {
        if (change instanceof SplitsAddition && !change.splits().isEmpty()) {
            RestoreCheck admission =
                    RestoreCheck.of(change.splits().get(0), pipeline, run, resumption);
            refusal = admission.refusal();
            position = new PostgresSplitState(RowLayoutResolver.watermark(scan), admission.split());
            next = firstPoll(admission.split());
            begun = next;
        }
    }

    /**
     * A read that was broken off goes on at once; of times missed since the last, one is made up.
     */
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
            return step();
        } catch (WokenUpException woken) {
            abandon();
            pause.rearm();
            return FetchedRecords.empty();
        } finally {
            stallDetector.end();
            turn.release();
        }
    }

    private FetchedRecords step() throws WokenUpException {
        if (!pipeline.enabled()) {
            condition.report(MappingState.DISABLED);
            pause.awaitTime(Instant.MAX);
        }
        if (!refusal.isEmpty()) {
            condition.report(MappingState.QUARANTINED, refusal, Optional.empty());
            pause.awaitTime(Instant.MAX);
        }
        List<SourceRecord> steps = new ArrayList<>();
        try {
            if (poll == null) {
                awaitSchedule();
                if (isFinished()) {
                    return finish();
                }
                pause.await(gate, Instant.MAX, gate::isOpen);
                open(steps);
            }
            if (!awaitRoom()) {
                return abandonRead(steps);
            }
            read(steps);
            return handOver(steps);
        } catch (SQLException | SourceException failure) {
            if (pause.isWoken()) {
                throw new WokenUpException();
            }
            return failed(failure, steps);
        }
    }

    private void awaitSchedule() throws WokenUpException {
        pause.awaitTime(next);
        if (completed > 0 && waitsForDelivery()) {
            pause.await(gate, Instant.MAX, () -> gate.acknowledgedPoll() >= completed);
        }
    }

    /**
     * A read of everything says what is gone; that is worked off behind us, and must be done before
     * the next one begins. A mapping that polls once is done when all is delivered.
     */
    private boolean waitsForDelivery() {
        return schedule.isOnce() || !(scan.capture() instanceof Capture.ByWatermark);
    }

    private boolean isFinished() {
        // what is to be looked up takes another poll
        return schedule.isOnce() && completed > 0 && gate.keyLookupRequests().requested().isEmpty();
    }

    private FetchedRecords finish() throws WokenUpException {
        if (gate.status().source().state() == MappingState.QUARANTINED) {
            // what came behind found fault with the poll: it counts as none
            completed = 0;
            next = clock.instant().plus(QuarantineBackoff.LONGEST);
            return FetchedRecords.empty();
        }
        if (gate.status().unconfirmedDeletes.get() > 0 && confirmations++ < CONFIRMATIONS) {
            // nobody polls later: the read that confirms deletes follows at once
            completed = 0;
            next = clock.instant();
            return FetchedRecords.empty();
        }
        condition.report(MappingState.FINISHED);
        if (endsWhenFinished) {
            return FetchedRecords.finished(pipeline.identity());
        }
        pause.awaitTime(Instant.MAX);
        return FetchedRecords.empty();
    }

    /** Starts a poll; its first step says so. */
    private void open(List<SourceRecord> steps) throws SQLException, WokenUpException {
        begun = clock.instant();
        if (backOff.isTrying()) {
            gate.status().retries.incrementAndGet();
        }
        try {
            openOnce(steps);
        } catch (SQLException stale) {
            boolean idled =
                    SourceErrorClassifier.isIdleTimeout(stale)
                            || (session.mayBeStale()
                                    && !SourceErrorClassifier.isLockConflict(stale));
            if (!idled || pause.isWoken() || !steps.isEmpty()) {
                throw stale;
            }
            // a session that lay idle may be gone without a word: that is no outage yet
            session.renew();
            openOnce(steps);
        }
    }

    private void openOnce(List<SourceRecord> steps) throws SQLException, WokenUpException {
        PostgresSplit split = position.toSplit();
        SourceSession open = session.open();
        stallDetector.begin(open);
        open.setPurpose(pipeline.mapping());
        PollOpener.SourceSchema survey = opener.describeSource(open, split, gate.destination());
        stallDetector.end();
        gate.status().expectRows(survey.expectedRows());
        if (split.lastSync().isEmpty() || backOff.isTrying()) {
            condition.report(MappingState.CATCHING_UP);
        }
        acquireTurn();
        stallDetector.begin(open);
        OpenedPoll opened =
                opener.open(
                        open, survey, split, gate.destination(), until -> awaitTime(open, until));
        stallDetector.end();
        PostgresSplit started = opened.started();
        steps.add(
                new SourceRecord.PollBoundary(
                        new PollStarted(started.poll(), opened.poll().layout().schema()),
                        started,
                        ""));
        opened.markers().forEach(element -> steps.add(new SourceRecord.Unpositioned(element)));
        position.moveTo(started);
        crossed = !(scan.capture() instanceof Capture.ByWatermark);
        poll = opened.poll();
        watermarkType = watermarkType(survey);
        nullWatermarkRowsAt = opened.nullWatermarkRowsAt();
    }

    /** Below its domain it may be another; then nothing is recognised. */
    private SqlType watermarkType(PollOpener.SourceSchema survey) {
        return survey.layout().schema().columns().stream()
                .filter(column -> column.name().equals(RowLayoutResolver.watermark(scan)))
                .map(Column::type)
                .findFirst()
                .orElse(new SqlType(25, "text", 'b', 'S'));
    }

    /** Nobody owes an answer meanwhile. */
    private void awaitTime(SourceSession open, Instant until) throws WokenUpException {
        stallDetector.end();
        pause.awaitTime(until);
        stallDetector.begin(open);
    }

    private void acquireTurn() throws WokenUpException {
        boolean taken;
        do {
            // looked at again and again: nobody tells when a turn is lost
            taken = pause.await(gate, clock.instant().plus(TURN_CHECK_INTERVAL), turn::tryAcquire);
        } while (!taken);
    }

    /** Waits until a page may be handed over; false if the snapshot has to be let go before. */
    private boolean awaitRoom() throws WokenUpException {
        if (hasRoom()) {
            return true;
        }
        turn.release();
        Instant limit = clock.instant().plus(SNAPSHOT_TIMEOUT);
        while (!pause.await(gate, limit, this::hasRoom)) {
            if (!gate.isOpen()) {
                return false;
            }
            limit = clock.instant().plus(SNAPSHOT_TIMEOUT);
        }
        return true;
    }

    private boolean hasRoom() {
        return gate.isOpen() && inFlight.get() < MAX_PAGES_IN_FLIGHT;
    }

    private void read(List<SourceRecord> steps) throws SQLException, WokenUpException {
        acquireTurn();
        stallDetector.begin(session.current());
        int rows = 0;
        long bytes = 0;
        long until = clock.millis() + PAGE_TIME.toMillis();
        while (rows < scan.pageRows() && bytes < PAGE_BYTES && clock.millis() < until) {
            Optional<byte[]> line = poll.next();
            poll.enteredPhases()
                    .forEach(
                            section ->
                                    steps.add(new SourceRecord.Unpositioned(section.of(number()))));
            if (line.isEmpty()) {
                end(steps);
                return;
            }
            if (!turn.keep()) {
                stallDetector.end();
                acquireTurn();
                stallDetector.begin(session.current());
            }
            rows++;
            bytes += line.get().length;
            poll.row(line.get()).ifPresent(row -> add(row, steps));
        }
        MappingState told = gate.status().source().state();
        boolean quiet = told == MappingState.IDLE || told == MappingState.STARTING;
        if (quiet && rows == scan.pageRows()) {
            condition.report(MappingState.CATCHING_UP);
        }
    }

    private long number() {
        return position.toSplit().poll();
    }

    private void add(ChangeRow row, List<SourceRecord> steps) {
        if (!poll.isInRange()) {
            steps.add(new SourceRecord.Unpositioned(row));
            return;
        }
        granularity.add(row, watermarkType);
        boolean beyond = poll.isNew();
        if (beyond && !crossed) {
            crossed = true;
            steps.add(new SourceRecord.Unpositioned(new HighWatermarkCrossed(number())));
        }
        steps.add(new SourceRecord.Row(row, beyond));
    }

    private void end(List<SourceRecord> steps) throws SQLException {
        advance(steps);
        if (!(scan.capture() instanceof Capture.ByWatermark)) {
            long number = position.toSplit().poll();
            steps.add(new SourceRecord.Unpositioned(opener.coverage(session.current(), number)));
        }
        PostgresSplit split =
                poll.completedSplit(
                        position.toSplit()
                                .completed(poll.transactionSnapshot(), nullWatermarkRowsAt),
                        gate.status());
        WatermarkGranularity granule =
                granularity.merge(split.time().granularity(), RowLayoutResolver.watermark(scan));
        split = split.with(split.time().with(granule));
        gate.status().watermarkGranularitySeconds.set(granule.seconds());
        steps.add(
                new SourceRecord.PollBoundary(
                        new PollEnded(split.poll(), true, poll.transactionSnapshot().now()),
                        split,
                        poll.warning()));
        position.moveTo(split);
        completed = split.poll();
        backOff.succeeded();
        quarantineBackoff.succeeded();
        lockWaits.succeeded();
        next = schedule.next(begun, clock.instant());
        poll = null;
        try {
            session.endPoll(next);
        } catch (SQLException broken) {
            // everything was read: the next poll opens a session of its own
            abandon();
        }
    }

    /** The last row among the steps is where the next read goes on. */
    private void advance(List<SourceRecord> steps) {
        for (int i = steps.size() - 1; i >= 0; i--) {
            if (steps.get(i) instanceof SourceRecord.Row row) {
                position.advanceTo(row.row(), row.isNew());
                return;
            }
        }
    }

    private FetchedRecords handOver(List<SourceRecord> steps) {
        turn.release();
        if (poll != null) {
            advance(steps);
        }
        inFlight.incrementAndGet();
        return FetchedRecords.of(
                pipeline.identity(),
                steps,
                () -> {
                    inFlight.decrementAndGet();
                    pause.signal();
                });
    }

    /** The gate stays closed: the snapshot is let go, and the read goes on with a new one. */
    private FetchedRecords abandonRead(List<SourceRecord> steps) {
        Instant asOf = poll.transactionSnapshot().now();
        abandon();
        next = clock.instant();
        return handOver(withEnd(steps, asOf));
    }

    private List<SourceRecord> withEnd(List<SourceRecord> steps, Instant asOf) {
        advance(steps);
        PostgresSplit split = position.toSplit();
        steps.add(
                new SourceRecord.PollBoundary(new PollEnded(split.poll(), false, asOf), split, ""));
        return steps;
    }

    /** Nobody's failure: a poll does not wait for a lock, and is tried again shortly. */
    private FetchedRecords retryAfterLock(List<SourceRecord> steps) {
        Optional<Instant> asOf =
                Optional.ofNullable(poll).map(read -> read.transactionSnapshot().now());
        poll = null;
        Instant now = clock.instant();
        next = now.plus(lockWaits.failed(now));
        String holder = LockHolder.unknown();
        try {
            session.current().endSnapshot();
            holder = opener.lockHolder(session.current());
            session.endPoll(next);
        } catch (SQLException broken) {
            abandon();
        }
        if (lockWaits.shouldReport(now)) {
            condition.report(MappingState.RETRYING, holder, Optional.of(next));
        }
        return asOf.map(when -> handOver(withEnd(steps, when))).orElseGet(FetchedRecords::empty);
    }

    private FetchedRecords failed(Exception failure, List<SourceRecord> steps) {
        if (SourceErrorClassifier.isLockConflict(failure) && session.current() != null) {
            return retryAfterLock(steps);
        }
        Optional<Instant> asOf =
                Optional.ofNullable(poll).map(read -> read.transactionSnapshot().now());
        abandon();
        String silent = stallDetector.takeVerdict();
        RuntimeException told =
                silent.isEmpty()
                        ? SourceErrorClassifier.toException(failure)
                        : SourceException.transientError(silent, failure);
        if (!(told instanceof SourceException known)) {
            throw told;
        }
        gate.status().errors.incrementAndGet();
        Duration delay = backOff.failed();
        boolean quarantined = !known.isTransient() || backOff.isExhausted();
        next = clock.instant().plus(known.isTransient() ? delay : quarantineBackoff.failed(known));
        if (!known.isTransient() && asOf.isPresent()) {
            // a read found it, and a read costs: not more often than the mapping's own
            Instant regular = schedule.next(begun, clock.instant());
            next = regular.isAfter(next) ? regular : next;
        }
        condition.report(
                quarantined ? MappingState.QUARANTINED : MappingState.RETRYING,
                known.getMessage(),
                Optional.of(next));
        return asOf.map(when -> handOver(withEnd(steps, when))).orElseGet(FetchedRecords::empty);
    }

    /** Ends a read that is under way. */
    private void abandon() {
        poll = null;
        session.abandon();
    }

    @Override
    public void wakeUp() {
        pause.wakeUp();
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
