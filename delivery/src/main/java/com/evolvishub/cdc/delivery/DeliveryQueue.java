package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.FlowElement;
import com.evolvishub.cdc.flow.PollEnded;
import com.evolvishub.cdc.flow.PollStarted;
import com.evolvishub.cdc.flow.RowSchema;
import java.time.Clock;
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

    private static final long BATCH_BYTES = 4L << 20;

    /** Acknowledged rows that may be sent again: in memory, and in each checkpoint. */
    private static final long RESENDABLE_BYTES = 16L << 20;

    private static final long RESENDABLE_BYTES_IN_STATE = 256L << 10;

    /** What a checkpoint that is not yet complete holds. */
    private record Held(long checkpoint, long lastNumber) {}

    private final ArrayDeque<FlowElement> elements = new ArrayDeque<>();
    private final ArrayDeque<Held> snapshots = new ArrayDeque<>();
    private final QueueBounds bounds;
    private final AtomicLong shownRows;
    private final AcknowledgedRows resendable;
    private final String author;
    private final Clock clock;
    private int batchRows = BatchSize.FIRST;
    private Progress acknowledged;
    private String target = "";
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
     * @param author who gives the next numbers
     * @param resend how long rows that were acknowledged are kept to be sent again
     * @param shownRows kept at the number of rows in the queue
     */
    DeliveryQueue(
            DeliveryState restored,
            String author,
            QueueBounds bounds,
            Duration resend,
            AtomicLong shownRows,
            Clock clock) {
        this.shownRows = shownRows;
        this.bounds = bounds;
        this.author = author;
        this.clock = clock;
        this.resendable =
                new AcknowledgedRows(
                        resend, restored.resendable(), clock.millis(), ResendBudget.OF_JVM);
        Progress before = restored.acknowledged();
        acknowledged =
                new Progress(
                        before.number(),
                        before.numbering().continuedBy(author, restored.lastNumber()),
                        before.incarnation(),
                        before.target());
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
     * The pipeline's writer is open. Rows that the destination holds are done; those of its own
     * that it has lost are sent again, as far as they are kept; and where it holds rows of others,
     * what is left here gets higher numbers than theirs.
     *
     * @param found what the destination says
     * @param shared it holds the rows of this queue up to this number
     * @return number of rows that were done; negative: so many are sent again
     */
    synchronized long opened(Progress found, long shared) {
        List<FlowElement> left = new ArrayList<>();
        for (FlowElement element : elements) {
            if (element instanceof ChangeRow row && row.sequence() <= shared) {
                resendable.add(row, clock.millis());
            } else {
                left.add(element);
            }
        }
        List<ChangeRow> again = resendable.takeAbove(shared);
        Numbering numbering = acknowledged.numbering();
        elements.clear();
        if (found.number() > shared) {
            numbering = found.numbering().continuedBy(author, Math.max(lastNumber, found.number()));
            lastNumber = Math.max(lastNumber, found.number());
            left.replaceAll(e -> e instanceof ChangeRow row ? row.numbered(++lastNumber) : e);
            again = List.of();
        }
        if (shared < resendable.above() || found.number() > shared) {
            resendable.clear(found.number());
        }
        elements.addAll(again);
        elements.addAll(left);
        long before = rows;
        count();
        acknowledged = new Progress(found.number(), numbering, found.incarnation(), target(found));
        opened = true;
        drained();
        return before - rows;
    }

    /**
     * The pipeline's writer is open, and the destination keeps no progress record: nothing says
     * which rows it holds.
     */
    synchronized long openedWithoutRecord() {
        opened = true;
        acknowledged = acknowledged.withoutRecord();
        return 0;
    }

    /**
     * What was delivered to one incarnation of the destination was not to another. A state from
     * before the first acknowledgement learns from the record where its rows went: whatever comes
     * before the next row is sent, that is the one to look for.
     */
    private String target(Progress found) {
        String known =
                acknowledged.incarnation().equals(found.incarnation()) ? acknowledged.target() : "";
        return known.isEmpty() && found.number() > 0 ? found.target() : known;
    }

    private void count() {
        rows = 0;
        bytes = 0;
        for (FlowElement element : elements) {
            if (element instanceof ChangeRow row) {
                rows++;
                bytes += row.weight();
            }
        }
    }

    /** What the destination was last known to hold. */
    synchronized Progress acknowledged() {
        return acknowledged;
    }

    /** Every acknowledged row above this number can be sent again. */
    synchronized long resendableAbove() {
        return resendable.above();
    }

    /** Forgets to which table rows were delivered: the next one is the right one. */
    synchronized void forgetTarget() {
        acknowledged = acknowledged.deliveredTo("");
    }

    /** From here on rows go into this table, topic or stream. */
    synchronized void deliversTo(String identity) {
        target = identity;
        if (acknowledged.number() > 0 && !identity.isEmpty()) {
            // the client was told of the one before, and has let this one pass
            acknowledged = acknowledged.deliveredTo(identity);
        }
    }

    /** The most rows that a batch may have from here on. */
    synchronized void batchRows(int most) {
        batchRows = most;
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
        resendable.evict(clock.millis(), roomForResendable());
        return new Contents(
                lastNumber,
                acknowledgedPoll,
                acknowledged,
                resendable.newest(RESENDABLE_BYTES_IN_STATE),
                List.copyOf(elements));
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
                if (batch.size() >= batchRows
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
                resendable.add(row, clock.millis());
                if (row.sequence() == number) {
                    break;
                }
            } else if (element instanceof PollEnded end) {
                ended(end);
                ended.add(end);
            }
        }
        resendable.evict(clock.millis(), roomForResendable());
        acknowledged = acknowledged.at(number, target.isEmpty() ? acknowledged.target() : target);
        drained();
        return ended;
    }

    /** The pipeline has ended: gives the memory of acknowledged rows back. */
    synchronized void close() {
        resendable.close();
    }

    private long roomForResendable() {
        return Math.min(RESENDABLE_BYTES, Math.max(0, bounds.writeAhead() - bytes));
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
     * @param acknowledged what the destination was last known to hold
     * @param resendable rows that were acknowledged a short time ago
     * @param elements rows and marks in order
     */
    record Contents(
            long lastNumber,
            long acknowledgedPoll,
            Progress acknowledged,
            AcknowledgedRows.Tail resendable,
            List<FlowElement> elements) {}
}
