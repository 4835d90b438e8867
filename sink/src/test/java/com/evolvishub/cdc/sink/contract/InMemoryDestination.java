package com.evolvishub.cdc.sink.contract;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.ReplacedTablePolicy;
import com.evolvishub.cdc.runtime.pipeline.DestinationDescription;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.failure.ConstraintViolationException;
import com.evolvishub.cdc.sink.failure.FencedException;
import com.evolvishub.cdc.sink.failure.RowRejectedException;
import com.evolvishub.cdc.sink.failure.RowsLostException;
import com.evolvishub.cdc.sink.progress.Progress;
import com.evolvishub.cdc.sink.progress.ReplacedTarget;
import com.evolvishub.cdc.sink.progress.SequenceHistory;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import com.evolvishub.cdc.sink.spi.RecoveredProgress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;

/** A destination inside the test's JVM, which does what the test tells it. Thread-safe. */
public final class InMemoryDestination {

    private static final Map<String, InMemoryDestination> BY_TABLE = new ConcurrentHashMap<>();

    private final List<String> rows = new ArrayList<>();
    private final List<Integer> batches = new ArrayList<>();
    private final List<String> deadLetters = new ArrayList<>();
    private long epoch;
    private long lastNumber;
    private SequenceHistory numbering = SequenceHistory.UNKNOWN;
    private String incarnation = UUID.randomUUID().toString();
    private String table = UUID.randomUUID().toString();
    private String writtenTo = "";
    private Optional<Progress> told = Optional.empty();
    private Duration timeout = Duration.ofMinutes(1);
    private int mostInTime = Integer.MAX_VALUE;
    private Optional<Runnable> copy = Optional.empty();
    private String run = "";
    private String writer = "";
    private String host = "";
    private boolean away;
    private boolean upserts;
    private boolean losesAnswers;
    private Optional<RuntimeException> bug = Optional.empty();
    private Predicate<String> refused = line -> false;
    private Predicate<List<String>> needed = lines -> false;
    private int tries;
    private int connections;
    private Runnable leave = () -> {};
    private boolean wanted;
    private CountDownLatch stuck = new CountDownLatch(0);

    public static InMemoryDestination at(String table) {
        return BY_TABLE.computeIfAbsent(table, name -> new InMemoryDestination());
    }

    /** Told without being opened, as by a destination with transactions. */
    public synchronized void reportLastNumber(long number) {
        told = Optional.of(Progress.recorded(number, SequenceHistory.UNKNOWN, incarnation));
    }

    synchronized Optional<Progress> told() {
        return told;
    }

    synchronized Duration timeout() {
        return timeout;
    }

    /** Larger batches take longer than the client waits, which from now on is no time at all. */
    public synchronized void takesInTime(int rows) {
        mostInTime = rows;
        timeout = Duration.ZERO;
    }

    /** Keeps what is here, for {@link #restoreCopy}. */
    public synchronized void copy() {
        List<String> keptRows = List.copyOf(rows);
        long keptEpoch = epoch;
        long keptNumber = lastNumber;
        SequenceHistory keptNumbering = numbering;
        String keptIncarnation = incarnation;
        String keptTable = table;
        String keptWrittenTo = writtenTo;
        String keptRun = run;
        String keptWriter = writer;
        copy =
                Optional.of(
                        () -> {
                            rows.clear();
                            rows.addAll(keptRows);
                            epoch = keptEpoch;
                            lastNumber = keptNumber;
                            numbering = keptNumbering;
                            incarnation = keptIncarnation;
                            table = keptTable;
                            writtenTo = keptWrittenTo;
                            run = keptRun;
                            writer = keptWriter;
                        });
    }

    /** Puts back what was copied last, in one step for who looks at it meanwhile. */
    public synchronized Runnable copied() {
        Runnable restore = copy.orElseThrow();
        return () -> {
            synchronized (this) {
                restore.run();
            }
        };
    }

    /** What was here at the {@link #copy} is here again, and nothing else. */
    public synchronized void restoreCopy() {
        copy.orElseThrow().run();
    }

    /** Rows and progress record are gone, as of a database that was made anew. */
    public synchronized void empty() {
        rows.clear();
        epoch = 0;
        lastNumber = 0;
        numbering = SequenceHistory.UNKNOWN;
        incarnation = UUID.randomUUID().toString();
        table = UUID.randomUUID().toString();
        writtenTo = "";
        run = "";
        writer = "";
    }

    /** The table is another one, without rows. */
    public synchronized void replaceTable() {
        rows.clear();
        table = UUID.randomUUID().toString();
    }

    /** The table is not there. */
    public synchronized void dropTable() {
        rows.clear();
        table = "";
    }

    /** The table to write to, made if there is none and there was none before. */
    synchronized String tableFor(Progress acknowledged, Pipeline pipeline)
            throws RowsLostException {
        String expected = acknowledged.targetId();
        boolean replaced = !expected.isEmpty() && !expected.equals(table);
        boolean goesOn = goesOn(pipeline);
        if (replaced && (table.isEmpty() || !goesOn)) {
            throw RowsLostException.of(
                    1,
                    acknowledged.lastSequence(),
                    "table %s is another one".formatted(pipeline.mapping()),
                    pipeline.mapping());
        }
        if (table.isEmpty()) {
            table = UUID.randomUUID().toString();
        }
        return table;
    }

    static boolean goesOn(Pipeline pipeline) {
        return pipeline.deliver().lossRules().onReplacedTable() == ReplacedTablePolicy.GO_ON;
    }

    public synchronized void becomeUnavailable() {
        away = true;
    }

    public synchronized void becomeAvailable() {
        away = false;
    }

    public synchronized void upsertsRows() {
        upserts = true;
    }

    synchronized boolean upserts() {
        return upserts;
    }

    /** The next batch is written, but the writer hears of a lost connection. */
    public synchronized void loseNextAnswer() {
        losesAnswers = true;
    }

    /** Every batch ends with this. */
    public synchronized void failWith(RuntimeException failure) {
        bug = Optional.of(failure);
    }

    public synchronized void reject(String line) {
        refused = line::equals;
    }

    /** A row needs another one, which is there or comes with it. */
    public synchronized void needs(String line, String other) {
        needed = lines -> lines.contains(line) && !lines.contains(other) && !rows.contains(other);
    }

    public synchronized void rejectAll(Predicate<String> lines) {
        refused = lines;
    }

    /** How often rows were offered, taken or not. */
    public synchronized int tries() {
        return tries;
    }

    /** Clients that are not closed. */
    public synchronized int connections() {
        return connections;
    }

    synchronized void disconnected() {
        connections--;
        wanted = false;
    }

    synchronized void whenWanted(Runnable call) {
        leave = call;
        if (wanted) {
            call.run();
        }
    }

    /** Another lane would like the connection, and waits for it. */
    public synchronized void requestRelease() {
        // a lane may be open and not have said yet how it is to be told
        wanted = connections > 0;
        leave.run();
    }

    public synchronized void block() {
        stuck = new CountDownLatch(1);
    }

    public synchronized void unblock() {
        stuck.countDown();
    }

    public synchronized List<String> rows() {
        return List.copyOf(rows);
    }

    public synchronized List<Integer> batches() {
        return List.copyOf(batches);
    }

    public synchronized List<String> deadLetters() {
        return List.copyOf(deadLetters);
    }

    public synchronized long lastNumber() {
        return lastNumber;
    }

    /** Somebody else delivered up to here. */
    public synchronized void holdUpTo(long number) {
        lastNumber = number;
        run = "another run";
        numbering = numbering.continuedBy("another-attempt", number - 1);
    }

    /** The writer that has the lane delivered up to here, and was cut off before it heard of it. */
    public synchronized void holdOwnUpTo(long number) {
        lastNumber = number;
    }

    /** Another run takes the lane. */
    public synchronized void takenBy(String otherRun, String otherHost) {
        epoch++;
        run = otherRun;
        writer = "writer of " + otherRun;
        host = otherHost;
    }

    synchronized RecoveredProgress open(WriterIdentity lane, Progress acknowledged, boolean goesOn)
            throws IOException, FencedException {
        reach();
        connections++;
        if (!lane.mayTakeOverFrom(run, writer, epoch)) {
            throw new FencedException(run, host);
        }
        epoch = lane.nextEpoch(epoch);
        run = lane.run();
        writer = lane.writer();
        host = lane.host();
        SequenceHistory found = numbering;
        Progress recorded =
                new Progress(lastNumber, found, incarnation, writtenTo.equals(table) ? table : "");
        boolean elsewhere = !writtenTo.isEmpty() && !writtenTo.equals(table);
        if (elsewhere && !(goesOn && !table.isEmpty())) {
            long counted =
                    ReplacedTarget.effectiveSequence(
                            acknowledged, recorded, "table " + table, lane);
            recorded = Progress.recorded(counted, found, incarnation);
        }
        numbering = lane.sequenceHistoryAfter(recorded.lastSequence(), found);
        return new RecoveredProgress(epoch, recorded, new DestinationDescription(true, List.of()));
    }

    void write(long writerEpoch, String by, long after, String into, List<ChangeRow> batch)
            throws Exception {
        waitWhileStuck();
        synchronized (this) {
            tries++;
            reach();
            if (bug.isPresent()) {
                throw bug.get();
            }
            if (writerEpoch > epoch || (by.equals(writer) && after != lastNumber)) {
                throw new IOException("the progress record is not the one that was left");
            }
            if (writerEpoch != epoch || !by.equals(writer)) {
                throw new FencedException(run, host);
            }
            if (!into.equals(table)) {
                throw new IOException("the table has changed");
            }
            if (batch.size() > mostInTime) {
                throw new IOException("no answer in time");
            }
            List<String> lines = new ArrayList<>();
            for (ChangeRow row : batch) {
                lines.add(new String(row.line(), StandardCharsets.UTF_8));
            }
            if (lines.stream().anyMatch(refused)) {
                throw new RowRejectedException("column \"name\": does not please", null);
            }
            if (needed.test(lines)) {
                throw new ConstraintViolationException("its parent is missing", null, "parent");
            }
            rows.addAll(lines);
            batches.add(lines.size());
            lastNumber = batch.get(batch.size() - 1).sequence();
            writtenTo = into;
            if (losesAnswers) {
                losesAnswers = false;
                throw new IOException("connection lost");
            }
        }
    }

    // a client that does not react to interrupts, as some do
    private void waitWhileStuck() {
        CountDownLatch latch;
        synchronized (this) {
            latch = stuck;
        }
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    synchronized void bury(ChangeRow row, String error) {
        deadLetters.add(error);
        lastNumber = row.sequence();
    }

    synchronized void reach() throws IOException {
        if (away) {
            throw new IOException("connection refused");
        }
    }
}
