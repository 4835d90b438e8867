package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.postgres.LockHolder;
import com.evolvishub.cdc.capture.postgres.SourceException;
import com.evolvishub.cdc.capture.postgres.SourceFailure;
import com.evolvishub.cdc.capture.postgres.SourceSession;
import com.evolvishub.cdc.capture.source.Pause.WokenUpException;
import com.evolvishub.cdc.capture.watermark.WatermarkScale;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Column;
import com.evolvishub.cdc.flow.Frontier;
import com.evolvishub.cdc.flow.Gate;
import com.evolvishub.cdc.flow.MappingState;
import com.evolvishub.cdc.flow.PollEnded;
import com.evolvishub.cdc.flow.PollStarted;
import com.evolvishub.cdc.flow.Resumption;
import com.evolvishub.cdc.flow.SqlType;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.PollScan;
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
final class WatermarkSplitReader implements SplitReader<Step, WatermarkSplit> {

    /** Flink's queue holds two; one more may be in the hands of the task. */
    private static final int PAGES_ON_THE_WAY = 2;

    private static final int PAGE_BYTES = 4 << 20;
    private static final Duration PAGE_TIME = Duration.ofMillis(500);

    /** After that long at a closed gate the snapshot is let go; the read goes on with a new one. */
    static final Duration SNAPSHOT_PATIENCE = Duration.ofSeconds(30);

    private static final Duration TURN_LOOK = Duration.ofMillis(250);

    /**
     * Reads more of a mapping that polls once; a source that changes all the time confirms none.
     */
    private static final int CONFIRMATIONS = 3;

    private final Pipeline pipeline;
    private final String run;
    private final Resumption resumption;
    private final PollScan scan;
    private final boolean endsWhenFinished;
    private final Gate gate;
    private final Clock clock;
    private final Pause pause;
    private final SourceCondition condition;
    private final PollSchedule schedule;
    private final BackOff backOff;
    private final RefusalPauses refusals = new RefusalPauses();
    private final LockWaits lockWaits = new LockWaits();
    private final PollOpener opener;
    private final WorkerTurns.Ticket turn;
    private final PollSession session;
    private final SilenceWatch.Place silence;
    private final GranuleSample granules;
    private final AtomicInteger onTheWay = new AtomicInteger();

    private WatermarkSplitState position;
    private String refusal = "";
    private Poll poll;
    private Instant begun;
    private Instant next;
    private boolean crossed;
    private SqlType watermarkType;
    private long aside;
    private long completed;
    private int confirmations;

    WatermarkSplitReader(
            Pipeline pipeline,
            String run,
            Resumption resumption,
            boolean endsWhenFinished,
            Gate gate,
            Clocks clocks) {
        this.pipeline = pipeline;
        this.run = run;
        this.resumption = resumption;
        this.scan = pipeline.scan();
        this.endsWhenFinished = endsWhenFinished;
        this.gate = gate;
        this.clock = clocks.wall();
        this.pause = new Pause(clock);
        this.condition = new SourceCondition(pipeline.mapping(), gate, clock);
        this.schedule = new PollSchedule(scan.schedule());
        this.backOff = new BackOff(scan.retry(), ThreadLocalRandom.current());
        this.opener =
                new PollOpener(
                        pipeline.mapping(),
                        scan,
                        gate.status(),
                        clocks,
                        Repeats.of(pipeline, resumption),
                        gate.lookups());
        this.turn = WorkerTurns.join(run, pipeline.worker(), pipeline.turn(), clock, pause::signal);
        this.session = new PollSession(pipeline, gate, clock, pause);
        this.silence = SilenceWatch.join(run, scan.source().connection(), session::abort);
        this.granules = new GranuleSample(pipeline.mapping());
        this.next = schedule.first(clock.instant());
        this.begun = next;
    }

    @Override
    public void handleSplitsChanges(SplitsChange<WatermarkSplit> change) {
        if (change instanceof SplitsAddition && !change.splits().isEmpty()) {
            Admission admission = Admission.of(change.splits().get(0), pipeline, run, resumption);
            refusal = admission.refusal();
            position = new WatermarkSplitState(LayoutFinder.watermark(scan), admission.split());
            next = firstPoll(admission.split());
            begun = next;
        }
    }

    /**
     * A read that was broken off goes on at once; of times missed since the last, one is made up.
     */
    private Instant firstPoll(WatermarkSplit split) {
        Instant now = clock.instant();
        if (split.reading() || split.lastSync().isEmpty()) {
            return split.reading() ? now : schedule.first(now);
        }
        long micros = WatermarkScale.TIME.place(split.lastSync());
        Instant last = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
        return schedule.firstAfter(Optional.of(last), now);
    }

    @Override
    public RecordsWithSplitIds<Step> fetch() {
        try {
            return step();
        } catch (WokenUpException woken) {
            giveUp();
            pause.rearm();
            return Page.empty();
        } finally {
            silence.end();
            turn.release();
        }
    }

    private Page step() throws WokenUpException {
        if (!pipeline.enabled()) {
            condition.become(MappingState.DISABLED);
            pause.awaitTime(Instant.MAX);
        }
        if (!refusal.isEmpty()) {
            condition.become(MappingState.QUARANTINED, refusal, Optional.empty());
            pause.awaitTime(Instant.MAX);
        }
        List<Step> steps = new ArrayList<>();
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
                return brokenOff(steps);
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
        return schedule.isOnce() && completed > 0 && gate.lookups().wanted().isEmpty();
    }

    private Page finish() throws WokenUpException {
        if (gate.status().source().state() == MappingState.QUARANTINED) {
            // what came behind found fault with the poll: it counts as none
            completed = 0;
            next = clock.instant().plus(RefusalPauses.LONGEST);
            return Page.empty();
        }
        if (gate.status().deletesUnconfirmed.get() > 0 && confirmations++ < CONFIRMATIONS) {
            // nobody polls later: the read that confirms deletes follows at once
            completed = 0;
            next = clock.instant();
            return Page.empty();
        }
        condition.become(MappingState.FINISHED);
        if (endsWhenFinished) {
            return Page.finished(pipeline.identity());
        }
        pause.awaitTime(Instant.MAX);
        return Page.empty();
    }

    /** Starts a poll; its first step says so. */
    private void open(List<Step> steps) throws SQLException, WokenUpException {
        begun = clock.instant();
        if (backOff.isTrying()) {
            gate.status().retries.incrementAndGet();
        }
        try {
            openOnce(steps);
        } catch (SQLException stale) {
            boolean idled =
                    SourceFailure.isIdleTimeout(stale)
                            || (session.mayBeStale() && !SourceFailure.isLockConflict(stale));
            if (!idled || pause.isWoken() || !steps.isEmpty()) {
                throw stale;
            }
            // a session that lay idle may be gone without a word: that is no outage yet
            session.renew();
            openOnce(steps);
        }
    }

    private void openOnce(List<Step> steps) throws SQLException, WokenUpException {
        WatermarkSplit split = position.toSplit();
        SourceSession open = session.open();
        silence.begin(open);
        open.serves(pipeline.mapping());
        PollOpener.Survey survey = opener.survey(open, split, gate.target());
        silence.end();
        gate.status().expectRows(survey.expectedRows());
        if (split.lastSync().isEmpty() || backOff.isTrying()) {
            condition.become(MappingState.CATCHING_UP);
        }
        takeTurn();
        silence.begin(open);
        Opening opened =
                opener.open(open, survey, split, gate.target(), until -> awaitTime(open, until));
        silence.end();
        WatermarkSplit started = opened.started();
        steps.add(
                new Step.Mark(
                        new PollStarted(started.poll(), opened.poll().layout().schema()),
                        started,
                        ""));
        opened.announced().forEach(element -> steps.add(new Step.Passing(element)));
        position.moveTo(started);
        crossed = !(scan.capture() instanceof Capture.ByWatermark);
        poll = opened.poll();
        watermarkType = watermarkType(survey);
        aside = opened.aside();
    }

    /** Below its domain it may be another; then nothing is recognised. */
    private SqlType watermarkType(PollOpener.Survey survey) {
        return survey.layout().schema().columns().stream()
                .filter(column -> column.name().equals(LayoutFinder.watermark(scan)))
                .map(Column::type)
                .findFirst()
                .orElse(new SqlType(25, "text", 'b', 'S'));
    }

    /** Nobody owes an answer meanwhile. */
    private void awaitTime(SourceSession open, Instant until) throws WokenUpException {
        silence.end();
        pause.awaitTime(until);
        silence.begin(open);
    }

    private void takeTurn() throws WokenUpException {
        boolean taken;
        do {
            // looked at again and again: nobody tells when a turn is lost
            taken = pause.await(gate, clock.instant().plus(TURN_LOOK), turn::tryTake);
        } while (!taken);
    }

    /** Waits until a page may be handed over; false if the snapshot has to be let go before. */
    private boolean awaitRoom() throws WokenUpException {
        if (hasRoom()) {
            return true;
        }
        turn.release();
        Instant limit = clock.instant().plus(SNAPSHOT_PATIENCE);
        while (!pause.await(gate, limit, this::hasRoom)) {
            if (!gate.isOpen()) {
                return false;
            }
            limit = clock.instant().plus(SNAPSHOT_PATIENCE);
        }
        return true;
    }

    private boolean hasRoom() {
        return gate.isOpen() && onTheWay.get() < PAGES_ON_THE_WAY;
    }

    private void read(List<Step> steps) throws SQLException, WokenUpException {
        takeTurn();
        silence.begin(session.current());
        int rows = 0;
        long bytes = 0;
        long until = clock.millis() + PAGE_TIME.toMillis();
        while (rows < scan.pageRows() && bytes < PAGE_BYTES && clock.millis() < until) {
            Optional<byte[]> line = poll.next();
            poll.entered().forEach(section -> steps.add(new Step.Passing(section.of(number()))));
            if (line.isEmpty()) {
                end(steps);
                return;
            }
            if (!turn.keep()) {
                silence.end();
                takeTurn();
                silence.begin(session.current());
            }
            rows++;
            bytes += line.get().length;
            poll.row(line.get()).ifPresent(row -> add(row, steps));
        }
        MappingState told = gate.status().source().state();
        boolean quiet = told == MappingState.IDLE || told == MappingState.STARTING;
        if (quiet && rows == scan.pageRows()) {
            condition.become(MappingState.CATCHING_UP);
        }
    }

    private long number() {
        return position.toSplit().poll();
    }

    private void add(ChangeRow row, List<Step> steps) {
        if (!poll.isInRange()) {
            steps.add(new Step.Passing(row));
            return;
        }
        granules.add(row, watermarkType);
        boolean beyond = poll.isBeyond();
        if (beyond && !crossed) {
            crossed = true;
            steps.add(new Step.Passing(new Frontier(number())));
        }
        steps.add(new Step.Row(row, beyond));
    }

    private void end(List<Step> steps) throws SQLException {
        advance(steps);
        if (!(scan.capture() instanceof Capture.ByWatermark)) {
            long number = position.toSplit().poll();
            steps.add(new Step.Passing(opener.coverage(session.current(), number)));
        }
        WatermarkSplit split =
                poll.told(position.toSplit().completed(poll.look(), aside), gate.status());
        Granule granule = granules.told(split.time().granule(), LayoutFinder.watermark(scan));
        split = split.with(split.time().with(granule));
        gate.status().watermarkGranuleSeconds.set(granule.seconds());
        steps.add(
                new Step.Mark(
                        new PollEnded(split.poll(), true, poll.look().now()),
                        split,
                        poll.trouble()));
        position.moveTo(split);
        completed = split.poll();
        backOff.succeeded();
        refusals.succeeded();
        lockWaits.over();
        next = schedule.next(begun, clock.instant());
        poll = null;
        try {
            session.endPoll(next);
        } catch (SQLException broken) {
            // everything was read: the next poll opens a session of its own
            giveUp();
        }
    }

    /** The last row among the steps is where the next read goes on. */
    private void advance(List<Step> steps) {
        for (int i = steps.size() - 1; i >= 0; i--) {
            if (steps.get(i) instanceof Step.Row row) {
                position.advanceTo(row.row(), row.beyond());
                return;
            }
        }
    }

    private Page handOver(List<Step> steps) {
        turn.release();
        if (poll != null) {
            advance(steps);
        }
        onTheWay.incrementAndGet();
        return Page.of(
                pipeline.identity(),
                steps,
                () -> {
                    onTheWay.decrementAndGet();
                    pause.signal();
                });
    }

    /** The gate stays closed: the snapshot is let go, and the read goes on with a new one. */
    private Page brokenOff(List<Step> steps) {
        Instant asOf = poll.look().now();
        giveUp();
        next = clock.instant();
        return handOver(withEnd(steps, asOf));
    }

    private List<Step> withEnd(List<Step> steps, Instant asOf) {
        advance(steps);
        WatermarkSplit split = position.toSplit();
        steps.add(new Step.Mark(new PollEnded(split.poll(), false, asOf), split, ""));
        return steps;
    }

    /** Nobody's failure: a poll does not wait for a lock, and is tried again shortly. */
    private Page lockedOut(List<Step> steps) {
        Optional<Instant> asOf = Optional.ofNullable(poll).map(read -> read.look().now());
        poll = null;
        Instant now = clock.instant();
        next = now.plus(lockWaits.met(now));
        String holder = LockHolder.unknown();
        try {
            session.current().endSnapshot();
            holder = opener.lockHolder(session.current());
            session.endPoll(next);
        } catch (SQLException broken) {
            giveUp();
        }
        if (lockWaits.isToBeTold(now)) {
            condition.become(MappingState.RETRYING, holder, Optional.of(next));
        }
        return asOf.map(when -> handOver(withEnd(steps, when))).orElseGet(Page::empty);
    }

    private Page failed(Exception failure, List<Step> steps) {
        if (SourceFailure.isLockConflict(failure) && session.current() != null) {
            return lockedOut(steps);
        }
        Optional<Instant> asOf = Optional.ofNullable(poll).map(read -> read.look().now());
        giveUp();
        String silent = silence.takeVerdict();
        RuntimeException told =
                silent.isEmpty()
                        ? SourceFailure.of(failure)
                        : SourceException.passing(silent, failure);
        if (!(told instanceof SourceException known)) {
            throw told;
        }
        gate.status().errors.incrementAndGet();
        Duration delay = backOff.failed();
        boolean quarantined = !known.isPassing() || backOff.isExhausted();
        next = clock.instant().plus(known.isPassing() ? delay : refusals.refused(known));
        if (!known.isPassing() && asOf.isPresent()) {
            // a read found it, and a read costs: not more often than the mapping's own
            Instant regular = schedule.next(begun, clock.instant());
            next = regular.isAfter(next) ? regular : next;
        }
        condition.become(
                quarantined ? MappingState.QUARANTINED : MappingState.RETRYING,
                known.getMessage(),
                Optional.of(next));
        return asOf.map(when -> handOver(withEnd(steps, when))).orElseGet(Page::empty);
    }

    /** Ends a read that is under way. */
    private void giveUp() {
        poll = null;
        session.giveUp();
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
        silence.close();
        turn.close();
    }
}
