package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.FlowElement;
import com.evolvishub.cdc.flow.PollEnded;
import com.evolvishub.cdc.flow.PollStarted;
import com.evolvishub.cdc.flow.RowSchema;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbered rows and the marks between them, from the moment they leave the source until the
 * destination has acknowledged them. Thread-safe: the task's thread adds, snapshots and releases,
 * the I/O thread takes and acknowledges. What is taken stays in the queue, and so in every
 * snapshot, until it is acknowledged.
 *
 * <p>Bounded by bytes, softly: {@link #isFull} tells the source to stop, but what comes all the
 * same is taken, because the task's thread must never wait.
 */
final class DeliveryQueue implements RefusedRows.Rows {

    private static final int BATCH_ROWS = 50_000;
    private static final long BATCH_BYTES = 4L << 20;

    /** What a checkpoint that is not yet complete holds. */
    private record Held(long checkpoint, long lastNumber) {}

    private final ArrayDeque<FlowElement> elements = new ArrayDeque<>();
    private final ArrayDeque<Held> snapshots = new ArrayDeque<>();
    private final QueueBounds bounds;
    private final AtomicLong shownRows;
    private long lastNumber;
    private long releasedNumber;
    private long acknowledgedPoll;
    private long completions;
    private long bytes;
    private long rows;
    private boolean atOnce;
    private boolean opened;
    private boolean full;
    private boolean waiting;
    private boolean leaves;

    /**
     * @param restored rows of a completed checkpoint, which may therefore be sent at once
     * @param shownRows kept at the number of rows in the queue
     */
    DeliveryQueue(DeliveryState restored, QueueBounds bounds, AtomicLong shownRows) {
        this.shownRows = shownRows;
        this.bounds = bounds;
        lastNumber = restored.lastNumber();
        releasedNumber = restored.lastNumber();
        acknowledgedPoll = restored.acknowledgedPoll();
        for (FlowElement element : restored.queue()) {
            elements.add(element);
            if (element instanceof ChangeRow row) {
                bytes += row.weight();
                rows++;
            }
        }
        shownRows.set(rows);
        full = bytes > bounds.writeAhead();
    }

    /**
     * Numbers a row and puts it at the end; a mark goes in as it is.
     *
     * @return whether the source should stop
     * @throws IllegalStateException for a row that comes before the lane was opened: its number
     *     could be one that the destination already holds, and the row would be lost
     */
    synchronized boolean add(FlowElement element) {
        if (element instanceof ChangeRow row) {
            if (!opened) {
                throw new IllegalStateException("a row came before the lane was opened");
            }
            elements.add(row.numbered(++lastNumber));
            bytes += row.weight();
            shownRows.set(++rows);
            full |= bytes > bound();
        } else {
            elements.add(element);
        }
        if (waiting) {
            notifyAll();
        }
        return full;
    }

    /**
     * The lane is open: rows that the destination holds are done, and new ones get higher numbers.
     *
     * @return number of rows that were done
     */
    synchronized long opened(long destinationLast) {
        long before = rows;
        elements.removeIf(
                element -> element instanceof ChangeRow row && done(row, destinationLast));
        rows = 0;
        bytes = 0;
        for (FlowElement element : elements) {
            if (element instanceof ChangeRow row) {
                rows++;
                bytes += row.weight();
            }
        }
        lastNumber = Math.max(lastNumber, destinationLast);
        opened = true;
        drained();
        return before - rows;
    }

    private static boolean done(ChangeRow row, long destinationLast) {
        return row.sequence() <= destinationLast;
    }

    /** Whether rows may be sent before a completed checkpoint holds them. */
    synchronized void sendAtOnce(boolean now) {
        atOnce = now;
        full |= bytes > bound();
        drained();
        notifyAll();
    }

    /** Remembers what the checkpoint holds, and hands it out. The elements are shared. */
    synchronized Contents snapshot(long checkpoint) {
        snapshots.add(new Held(checkpoint, lastNumber));
        return new Contents(lastNumber, acknowledgedPoll, List.copyOf(elements));
    }

    /** A checkpoint is complete: what it and every earlier snapshot holds may be sent. */
    synchronized void complete(long checkpoint) {
        completions++;
        Iterator<Held> each = snapshots.iterator();
        while (each.hasNext()) {
            Held held = each.next();
            if (held.checkpoint() <= checkpoint) {
                releasedNumber = Math.max(releasedNumber, held.lastNumber());
                each.remove();
            }
        }
        notifyAll();
    }

    /** Waits for something to do. */
    synchronized Batch next() throws InterruptedException {
        while (!hasSendable()) {
            waiting = true;
            wait();
        }
        waiting = false;
        return head();
    }

    /**
     * Like {@link #next}, but does not wait on once {@link #leave} was called.
     *
     * @return nothing if it was called since the last time, and there is nothing to do
     */
    synchronized Optional<Batch> nextUnlessWanted() throws InterruptedException {
        while (!hasSendable()) {
            if (leaves) {
                leaves = false;
                return Optional.empty();
            }
            waiting = true;
            wait();
        }
        waiting = false;
        return Optional.of(head());
    }

    /** Whoever waits in {@link #nextUnlessWanted}, now or later, has somebody to make room for. */
    synchronized void leave() {
        leaves = true;
        notifyAll();
    }

    private Batch head() {
        FlowElement head = elements.element();
        return head instanceof ChangeRow row
                ? new Batch(Optional.empty(), rowsOf(row.schema()))
                : new Batch(Optional.of(head), List.of());
    }

    /** Whether {@link #next} would return without waiting. */
    synchronized boolean hasSendable() {
        FlowElement head = elements.peek();
        return head != null && (!(head instanceof ChangeRow row) || isReleased(row));
    }

    /** Every row from the head on that may be sent and has the schema of the first of them. */
    @Override
    public synchronized List<ChangeRow> sendable() {
        List<ChangeRow> sendable = new ArrayList<>();
        for (FlowElement element : elements) {
            if (element instanceof ChangeRow row) {
                if (!isReleased(row)
                        || (!sendable.isEmpty() && !same(sendable.get(0).schema(), row.schema()))) {
                    break;
                }
                sendable.add(row);
            } else if (element instanceof PollStarted started
                    && !sendable.isEmpty()
                    && !same(sendable.get(0).schema(), started.schema())) {
                break;
            }
        }
        return sendable;
    }

    /** Waits until a checkpoint is complete, or for so long at most. */
    @Override
    public synchronized void awaitMore(Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        long before = completions;
        for (long left = atMost.toNanos();
                left > 0 && completions == before;
                left = end - System.nanoTime()) {
            wait(left / 1_000_000 + 1);
        }
    }

    /** Rows from the head on, over the marks of polls that change nothing for the destination. */
    private List<ChangeRow> rowsOf(RowSchema schema) {
        List<ChangeRow> batch = new ArrayList<>();
        long weight = 0;
        for (FlowElement element : elements) {
            if (element instanceof ChangeRow row) {
                if (batch.size() == BATCH_ROWS
                        || weight >= BATCH_BYTES
                        || !isReleased(row)
                        || !same(schema, row.schema())) {
                    break;
                }
                batch.add(row);
                weight += row.weight();
            } else if (element instanceof PollStarted started && !same(schema, started.schema())) {
                break;
            }
        }
        return batch;
    }

    private static boolean same(RowSchema one, RowSchema other) {
        return one.equals(other);
    }

    private boolean isReleased(ChangeRow row) {
        return atOnce || row.sequence() <= releasedNumber;
    }

    /** The mark at the head is dealt with. */
    synchronized void acknowledgeMark() {
        ended(elements.remove());
    }

    /**
     * Everything up to this row is at the destination.
     *
     * @return the polls that ended before it
     */
    synchronized List<PollEnded> acknowledge(long number) {
        List<PollEnded> ended = new ArrayList<>();
        while (true) {
            FlowElement element = elements.remove();
            if (element instanceof ChangeRow row) {
                rows--;
                bytes -= row.weight();
                if (row.sequence() == number) {
                    break;
                }
            } else if (element instanceof PollEnded end) {
                ended(end);
                ended.add(end);
            }
        }
        drained();
        return ended;
    }

    private void ended(FlowElement mark) {
        if (mark instanceof PollEnded end) {
            acknowledgedPoll = Math.max(acknowledgedPoll, end.poll());
        }
    }

    private void drained() {
        shownRows.set(rows);
        full &= bytes > bound() / 2;
    }

    private long bound() {
        return atOnce ? bounds.atOnce() : bounds.writeAhead();
    }

    /** Whether the source should stop; stays true until the queue is half empty again. */
    synchronized boolean isFull() {
        return full;
    }

    /** Rows in the queue. */
    synchronized long rows() {
        return rows;
    }

    /** Number of the last row that has one. */
    synchronized long lastNumber() {
        return lastNumber;
    }

    /**
     * What a snapshot holds.
     *
     * @param lastNumber number of the last row that has one
     * @param acknowledgedPoll the highest poll that is wholly at the destination
     * @param elements rows and marks in order
     */
    record Contents(long lastNumber, long acknowledgedPoll, List<FlowElement> elements) {}
}
