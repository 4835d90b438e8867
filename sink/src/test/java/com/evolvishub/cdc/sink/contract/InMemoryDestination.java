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

/** A destination inside the test's JVM whose failures the test controls. Thread-safe. */
public final class InMemoryDestination {

    private static final Map<String, InMemoryDestination> BY_TABLE = new ConcurrentHashMap<>();

    private final List<String> rows = new ArrayList<>();
    private final List<Integer> batches = new ArrayList<>();
    private final List<String> deadLetters = new ArrayList<>();
    private long epoch;
    private long lastNumber;
    private SequenceHistory sequenceHistory = SequenceHistory.UNKNOWN;
    private String incarnation = UUID.randomUUID().toString();
    private String table = UUID.randomUUID().toString();
    private String writtenTo = "";
    private Optional<Progress> reportedProgress = Optional.empty();
    private Duration timeout = Duration.ofMinutes(1);
    private int maxRowsInTime = Integer.MAX_VALUE;
    private Optional<Runnable> copy = Optional.empty();
    private String run = "";
    private String writer = "";
    private String host = "";
    private boolean unavailable;
    private boolean upserts;
    private boolean losesNextResponse;
    private Optional<RuntimeException> injectedFailure = Optional.empty();
    private Predicate<String> rejected = line -> false;
    private Predicate<List<String>> missingRow = lines -> false;
    private int writes;
    private int connections;
    private Runnable releaseCallback = () -> {};
    private boolean releaseRequested;
    private CountDownLatch blocked = new CountDownLatch(0);

    public static InMemoryDestination at(String table) {
        return BY_TABLE.computeIfAbsent(table, name -> new InMemoryDestination());
    }

    /** Sets the progress that can be read before opening, as at a destination with transactions. */
    public synchronized void reportLastNumber(long lastSequence) {
        reportedProgress =
                Optional.of(Progress.recorded(lastSequence, SequenceHistory.UNKNOWN, incarnation));
    }

    synchronized Optional<Progress> reportedProgress() {
        return reportedProgress;
    }

    synchronized Duration timeout() {
        return timeout;
    }

    /** Lets larger batches time out. Sets the client's timeout to zero. */
    public synchronized void timeOutAbove(int rows) {
        maxRowsInTime = rows;
        timeout = Duration.ZERO;
    }

    /** Copies rows and progress record, for {@link #restoreCopy}. */
    public synchronized void copy() {
        List<String> keptRows = List.copyOf(rows);
        long keptEpoch = epoch;
        long keptNumber = lastNumber;
        SequenceHistory keptNumbering = sequenceHistory;
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
                            sequenceHistory = keptNumbering;
                            incarnation = keptIncarnation;
                            table = keptTable;
                            writtenTo = keptWrittenTo;
                            run = keptRun;
                            writer = keptWriter;
                        });
    }

    /** Returns an action that restores the last copy atomically. */
    public synchronized Runnable restoreAction() {
        Runnable restore = copy.orElseThrow();
        return () -> {
            synchronized (this) {
                restore.run();
            }
        };
    }

    /** Restores the last {@link #copy}. */
    public synchronized void restoreCopy() {
        copy.orElseThrow().run();
    }

    /** Removes rows and progress record, as if the database was recreated. */
    public synchronized void empty() {
        rows.clear();
        epoch = 0;
        lastNumber = 0;
        sequenceHistory = SequenceHistory.UNKNOWN;
        incarnation = UUID.randomUUID().toString();
        table = UUID.randomUUID().toString();
        writtenTo = "";
        run = "";
        writer = "";
    }

    /** Replaces the table with an empty one. */
    public synchronized void replaceTable() {
        rows.clear();
        table = UUID.randomUUID().toString();
    }

    /** Drops the table. */
    public synchronized void dropTable() {
        rows.clear();
        table = "";
    }

    /**
     * Returns the table to write to; creates it if it does not exist and no rows were delivered.
     */
    synchronized String tableFor(Progress acknowledged, Pipeline pipeline)
            throws RowsLostException {
        String expected = acknowledged.targetId();
        boolean replaced = !expected.isEmpty() && !expected.equals(table);
        boolean acceptsReplacedTable = acceptsReplacedTable(pipeline);
        if (replaced && (table.isEmpty() || !acceptsReplacedTable)) {
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

    static boolean acceptsReplacedTable(Pipeline pipeline) {
        return pipeline.deliver().lossRules().onReplacedTable() == ReplacedTablePolicy.GO_ON;
    }

    public synchronized void becomeUnavailable() {
        unavailable = true;
    }

    public synchronized void becomeAvailable() {
        unavailable = false;
    }

    public synchronized void upsertsRows() {
        upserts = true;
    }

    synchronized boolean upserts() {
        return upserts;
    }

    /** The next batch is written, but its response is lost. */
    public synchronized void loseNextResponse() {
        losesNextResponse = true;
    }

    /** Every batch fails with this exception. */
    public synchronized void failWith(RuntimeException failure) {
        injectedFailure = Optional.of(failure);
    }

    public synchronized void reject(String line) {
        rejected = line::equals;
    }

    /** Rejects a row unless the other one exists or is in the same batch. */
    public synchronized void needs(String line, String other) {
        missingRow =
                lines -> lines.contains(line) && !lines.contains(other) && !rows.contains(other);
    }

    public synchronized void rejectAll(Predicate<String> lines) {
        rejected = lines;
    }

    /** Number of writes, successful or not. */
    public synchronized int writes() {
        return writes;
    }

    /** Number of open clients. */
    public synchronized int connections() {
        return connections;
    }

    synchronized void disconnected() {
        connections--;
        releaseRequested = false;
    }

    synchronized void onReleaseRequested(Runnable call) {
        releaseCallback = call;
        if (releaseRequested) {
            call.run();
        }
    }

    /** Another pipeline waits for the connection. */
    public synchronized void requestRelease() {
        // a pipeline may be open without having registered its callback yet
        releaseRequested = connections > 0;
        releaseCallback.run();
    }

    public synchronized void block() {
        blocked = new CountDownLatch(1);
    }

    public synchronized void unblock() {
        blocked.countDown();
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

    /** Another run delivered up to this sequence number. */
    public synchronized void deliveredByAnotherRun(long lastSequence) {
        lastNumber = lastSequence;
        run = "another run";
        sequenceHistory = sequenceHistory.continuedBy("another-attempt", lastSequence - 1);
    }

    /** The current writer delivered up to this sequence number, but its response was lost. */
    public synchronized void deliveredByCurrentWriter(long lastSequence) {
        lastNumber = lastSequence;
    }

    /** Another run takes over the pipeline. */
    public synchronized void takenOverBy(String otherRun, String otherHost) {
        epoch++;
        run = otherRun;
        writer = "writer of " + otherRun;
        host = otherHost;
    }

    synchronized RecoveredProgress open(
            WriterIdentity identity, Progress acknowledged, boolean acceptsReplacedTable)
            throws IOException, FencedException {
        checkAvailable();
        connections++;
        if (!identity.mayTakeOverFrom(run, writer, epoch)) {
            throw new FencedException(run, host);
        }
        epoch = identity.nextEpoch(epoch);
        run = identity.run();
        writer = identity.writer();
        host = identity.host();
        SequenceHistory found = sequenceHistory;
        Progress recorded =
                new Progress(lastNumber, found, incarnation, writtenTo.equals(table) ? table : "");
        boolean replaced = !writtenTo.isEmpty() && !writtenTo.equals(table);
        if (replaced && !(acceptsReplacedTable && !table.isEmpty())) {
            long effective =
                    ReplacedTarget.effectiveSequence(
                            acknowledged, recorded, "table " + table, identity);
            recorded = Progress.recorded(effective, found, incarnation);
        }
        sequenceHistory = identity.sequenceHistoryAfter(recorded.lastSequence(), found);
        return new RecoveredProgress(epoch, recorded, new DestinationDescription(true, List.of()));
    }

    void write(long writerEpoch, String by, long after, String into, List<ChangeRow> batch)
            throws Exception {
        waitWhileBlocked();
        synchronized (this) {
            writes++;
            checkAvailable();
            if (injectedFailure.isPresent()) {
                throw injectedFailure.get();
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
            if (batch.size() > maxRowsInTime) {
                throw new IOException("no answer in time");
            }
            List<String> lines = new ArrayList<>();
            for (ChangeRow row : batch) {
                lines.add(new String(row.line(), StandardCharsets.UTF_8));
            }
            if (lines.stream().anyMatch(rejected)) {
                throw new RowRejectedException("column \"name\": does not please", null);
            }
            if (missingRow.test(lines)) {
                throw new ConstraintViolationException("its parent is missing", null, "parent");
            }
            rows.addAll(lines);
            batches.add(lines.size());
            lastNumber = batch.get(batch.size() - 1).sequence();
            writtenTo = into;
            if (losesNextResponse) {
                losesNextResponse = false;
                throw new IOException("connection lost");
            }
        }
    }

    // does not react to interrupts, like some client libraries
    private void waitWhileBlocked() {
        CountDownLatch latch;
        synchronized (this) {
            latch = blocked;
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

    synchronized void addDeadLetter(ChangeRow row, String error) {
        deadLetters.add(error);
        lastNumber = row.sequence();
    }

    synchronized void checkAvailable() throws IOException {
        if (unavailable) {
            throw new IOException("connection refused");
        }
    }
}
