package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.ChangeRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;

/** A destination inside the test's JVM, which does what the test tells it. Thread-safe. */
final class MemoryDestination {

    private static final Map<String, MemoryDestination> BY_TABLE = new ConcurrentHashMap<>();

    private final List<String> rows = new ArrayList<>();
    private final List<Integer> batches = new ArrayList<>();
    private final List<String> deadLetters = new ArrayList<>();
    private long epoch;
    private long lastNumber;
    private OptionalLong toldLastNumber = OptionalLong.empty();
    private String run = "";
    private String writer = "";
    private String host = "";
    private boolean away;
    private boolean upserts;
    private boolean losesAnswers;
    private Predicate<String> refused = line -> false;
    private Predicate<List<String>> needed = lines -> false;
    private int tries;
    private int connections;
    private Runnable leave = () -> {};
    private CountDownLatch stuck = new CountDownLatch(0);

    static MemoryDestination at(String table) {
        return BY_TABLE.computeIfAbsent(table, name -> new MemoryDestination());
    }

    /** Told without being opened, as by a destination with transactions. */
    synchronized void tellLastNumber(long number) {
        toldLastNumber = OptionalLong.of(number);
    }

    synchronized OptionalLong toldLastNumber() {
        return toldLastNumber;
    }

    synchronized void goAway() {
        away = true;
    }

    synchronized void comeBack() {
        away = false;
    }

    synchronized void upsertsRows() {
        upserts = true;
    }

    synchronized boolean upserts() {
        return upserts;
    }

    /** The next batch is written, but the writer hears of a lost connection. */
    synchronized void loseNextAnswer() {
        losesAnswers = true;
    }

    synchronized void refuse(String line) {
        refused = line::equals;
    }

    /** A row needs another one, which is there or comes with it. */
    synchronized void needs(String line, String other) {
        needed = lines -> lines.contains(line) && !lines.contains(other) && !rows.contains(other);
    }

    synchronized void refuseAll(Predicate<String> lines) {
        refused = lines;
    }

    /** How often rows were offered, taken or not. */
    synchronized int tries() {
        return tries;
    }

    /** Clients that are not closed. */
    synchronized int connections() {
        return connections;
    }

    synchronized void disconnected() {
        connections--;
    }

    synchronized void whenWanted(Runnable call) {
        leave = call;
    }

    /** Another lane would like the connection. */
    synchronized void wantConnection() {
        leave.run();
    }

    synchronized void getStuck() {
        stuck = new CountDownLatch(1);
    }

    synchronized void comeLoose() {
        stuck.countDown();
    }

    synchronized List<String> rows() {
        return List.copyOf(rows);
    }

    synchronized List<Integer> batches() {
        return List.copyOf(batches);
    }

    synchronized List<String> deadLetters() {
        return List.copyOf(deadLetters);
    }

    synchronized long lastNumber() {
        return lastNumber;
    }

    /** Somebody else delivered up to here. */
    synchronized void holdUpTo(long number) {
        lastNumber = number;
    }

    /** Another run takes the lane. */
    synchronized void takenBy(String otherRun, String otherHost) {
        epoch++;
        run = otherRun;
        writer = "writer of " + otherRun;
        host = otherHost;
    }

    synchronized LaneOpening open(Lane lane) throws IOException, FencedException {
        reach();
        connections++;
        if (!lane.mayTakeFrom(run, writer, epoch)) {
            throw new FencedException(run, host);
        }
        epoch++;
        run = lane.run();
        writer = lane.writer();
        host = lane.host();
        return new LaneOpening(
                epoch, lastNumber, new com.evolvishub.cdc.flow.Target(true, List.of()));
    }

    void write(long writerEpoch, List<ChangeRow> batch) throws Exception {
        waitWhileStuck();
        synchronized (this) {
            tries++;
            reach();
            if (writerEpoch != epoch) {
                throw new FencedException(run, host);
            }
            List<String> lines = new ArrayList<>();
            for (ChangeRow row : batch) {
                lines.add(new String(row.line(), StandardCharsets.UTF_8));
            }
            if (lines.stream().anyMatch(refused)) {
                throw new BadRowException("column \"name\": does not please", null);
            }
            if (needed.test(lines)) {
                throw new ConstraintViolationException("its parent is missing", null, "parent");
            }
            rows.addAll(lines);
            batches.add(lines.size());
            lastNumber = batch.get(batch.size() - 1).sequence();
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
