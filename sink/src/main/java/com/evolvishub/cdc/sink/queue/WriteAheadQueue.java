package com.evolvishub.cdc.sink.queue;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.runtime.row.PollStarted;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.sink.progress.Progress;
import com.evolvishub.cdc.sink.progress.SequenceHistory;
import com.evolvishub.cdc.sink.rejected.ConstraintRetry;
import com.evolvishub.cdc.sink.state.DeliveryState;
import com.evolvishub.cdc.sink.state.ResendBudget;
import com.evolvishub.cdc.sink.state.ResendBuffer;
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
public final class WriteAheadQueue implements ConstraintRetry.Rows {

    private static final long BATCH_BYTES = 4L << 20;

    /** Acknowledged rows that may be sent again: in memory, and in each checkpoint. */
    private static final long RESENDABLE_BYTES = 16L << 20;

    private static final long RESENDABLE_BYTES_IN_STATE = 256L << 10;

    /** What a checkpoint that is not yet complete holds. */
    private record PendingCheckpoint(long checkpoint, long lastNumber) {}

    private final ArrayDeque<PipelineElement> elements = new ArrayDeque<>();
    private final ArrayDeque<PendingCheckpoint> snapshots = new ArrayDeque<>();
    private final QueueBounds bounds;
    private final AtomicLong rowsGauge;
    private final ResendBuffer resendable;
    private final String writerId;
    private final Clock clock;
    private int batchRows = AdaptiveBatchSize.FIRST;
    private Progress acknowledged;
    private String target = "";
    private long lastNumber;
    private long releasedNumber;
    private long acknowledgedPoll;
    private long completions;
    private long bytes;
    private long rows;
    private boolean immediate;
    private boolean onOpened;
    private boolean full;
    private boolean waiting;
    private boolean releaseRequested;

    /**
     * @param restored rows of a completed checkpoint, which may therefore be sent at once
     * @param author who gives the next numbers
     * @param resend how long rows that were acknowledged are kept to be sent again
     * @param shownRows kept at the number of rows in the queue
     */
    public WriteAheadQueue(
            DeliveryState restored,
            String author,
            QueueBounds bounds,
            Duration resend,
            AtomicLong shownRows,
            Clock clock) {
        this.rowsGauge = shownRows;
        this.bounds = bounds;
        this.writerId = author;
        this.clock = clock;
        this.resendable =
                new ResendBuffer(
                        resend, restored.resendable(), clock.millis(), ResendBudget.OF_JVM);
        Progress before = restored.acknowledged();
        acknowledged =
                new Progress(
                        before.lastSequence(),
                        before.sequenceHistory().continuedBy(author, restored.lastNumber()),
                        before.incarnation(),
                        before.targetId());
        lastNumber = restored.lastNumber();
        releasedNumber = restored.lastNumber();
        acknowledgedPoll = restored.acknowledgedPoll();
        for (PipelineElement element : restored.queue()) {
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
    public synchronized boolean add(PipelineElement element) {
        if (element instanceof ChangeRow row) {
            if (!onOpened) {
                throw new IllegalStateException("a row came before the lane was opened");
            }
            elements.add(row.withSequence(++lastNumber));
            bytes += row.weight();
            rowsGauge.set(++rows);
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
    public synchronized long onOpened(Progress found, long shared) {
        List<PipelineElement> left = new ArrayList<>();
        for (PipelineElement element : elements) {
            if (element instanceof ChangeRow row && row.sequence() <= shared) {
                resendable.add(row, clock.millis());
            } else {
                left.add(element);
            }
        }
        List<ChangeRow> again = resendable.takeAbove(shared);
        SequenceHistory numbering = acknowledged.sequenceHistory();
        elements.clear();
        if (found.lastSequence() > shared) {
            numbering =
                    found.sequenceHistory()
                            .continuedBy(writerId, Math.max(lastNumber, found.lastSequence()));
            lastNumber = Math.max(lastNumber, found.lastSequence());
            left.replaceAll(e -> e instanceof ChangeRow row ? row.withSequence(++lastNumber) : e);
            again = List.of();
        }
        if (shared < resendable.above() || found.lastSequence() > shared) {
            resendable.clear(found.lastSequence());
        }
        elements.addAll(again);
        elements.addAll(left);
        long before = rows;
        count();
        acknowledged =
                new Progress(found.lastSequence(), numbering, found.incarnation(), target(found));
        onOpened = true;
        updateFullness();
        return before - rows;
    }

    /**
     * The pipeline's writer is open, and the destination keeps no progress record: nothing says
     * which rows it holds.
     */
    public synchronized long onOpenedWithoutRecord() {
        onOpened = true;
        acknowledged = acknowledged.withoutStoredRecord();
        return 0;
    }

    /**
     * What was delivered to one incarnation of the destination was not to another. A state from
     * before the first acknowledgement learns from the record where its rows went: whatever comes
     * before the next row is sent, that is the one to look for.
     */
    private String target(Progress found) {
        String known =
                acknowledged.incarnation().equals(found.incarnation())
                        ? acknowledged.targetId()
                        : "";
        return known.isEmpty() && found.lastSequence() > 0 ? found.targetId() : known;
    }

    private void count() {
        rows = 0;
        bytes = 0;
        for (PipelineElement element : elements) {
            if (element instanceof ChangeRow row) {
                rows++;
                bytes += row.weight();
            }
        }
    }

    /** What the destination was last known to hold. */
    public synchronized Progress acknowledged() {
        return acknowledged;
    }

    /** Every acknowledged row above this number can be sent again. */
    public synchronized long resendableAbove() {
        return resendable.above();
    }

    /** Forgets to which table rows were delivered: the next one is the right one. */
    public synchronized void forgetTarget() {
        acknowledged = acknowledged.deliveredTo("");
    }

    /** From here on rows go into this table, topic or stream. */
    public synchronized void setTarget(String identity) {
        target = identity;
        if (acknowledged.lastSequence() > 0 && !identity.isEmpty()) {
            // the client was told of the one before, and has let this one pass
            acknowledged = acknowledged.deliveredTo(identity);
        }
    }

    /** The most rows that a batch may have from here on. */
    synchronized void batchRows(int most) {
        batchRows = most;
    }

    /** Whether rows may be sent before a completed checkpoint holds them. */
    public synchronized void sendImmediately(boolean now) {
        immediate = now;
        full |= bytes > bound();
        updateFullness();
        notifyAll();
    }

    /** Remembers what the checkpoint holds, and hands it out. The elements are shared. */
    public synchronized Contents snapshot(long checkpoint) {
        snapshots.add(new PendingCheckpoint(checkpoint, lastNumber));
        resendable.evict(clock.millis(), roomForResendable());
        return new Contents(
                lastNumber,
                acknowledgedPoll,
                acknowledged,
                resendable.newest(RESENDABLE_BYTES_IN_STATE),
                List.copyOf(elements));
    }

    /** A checkpoint is complete: what it and every earlier snapshot holds may be sent. */
    public synchronized void checkpointComplete(long checkpoint) {
        completions++;
        Iterator<PendingCheckpoint> each = snapshots.iterator();
        while (each.hasNext()) {
            PendingCheckpoint held = each.next();
            if (held.checkpoint() <= checkpoint) {
                releasedNumber = Math.max(releasedNumber, held.lastNumber());
                each.remove();
            }
        }
        notifyAll();
    }

    /** Waits for something to do. */
    public synchronized QueuedBatch next() throws InterruptedException {
        while (!hasSendable()) {
            waiting = true;
            wait();
        }
        waiting = false;
        return nextBatch();
    }

    /**
     * Like {@link #next}, but does not wait on once {@link #requestRelease} was called.
     *
     * @return nothing if it was called since the last time, and there is nothing to do
     */
    public synchronized Optional<QueuedBatch> nextUnlessReleaseRequested()
            throws InterruptedException {
        while (!hasSendable()) {
            if (releaseRequested) {
                releaseRequested = false;
                return Optional.empty();
            }
            waiting = true;
            wait();
        }
        waiting = false;
        return Optional.of(nextBatch());
    }

    /**
     * Whoever waits in {@link #nextUnlessReleaseRequested}, now or later, has somebody to make room
     * for.
     */
    public synchronized void requestRelease() {
        releaseRequested = true;
        notifyAll();
    }

    private QueuedBatch nextBatch() {
        PipelineElement head = elements.element();
        return head instanceof ChangeRow row
                ? new QueuedBatch(Optional.empty(), rowsOf(row.schema()))
                : new QueuedBatch(Optional.of(head), List.of());
    }

    /** Whether {@link #next} would return without waiting. */
    public synchronized boolean hasSendable() {
        PipelineElement head = elements.peek();
        return head != null && (!(head instanceof ChangeRow row) || isReleased(row));
    }

    /** Every row from the head on that may be sent and has the schema of the first of them. */
    @Override
    public synchronized List<ChangeRow> sendable() {
        List<ChangeRow> sendable = new ArrayList<>();
        for (PipelineElement element : elements) {
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
    public synchronized void awaitMoreSendable(Duration atMost) throws InterruptedException {
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
        for (PipelineElement element : elements) {
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
        return immediate || row.sequence() <= releasedNumber;
    }

    /** The mark at the head is dealt with. */
    public synchronized void acknowledgeMarker() {
        ended(elements.remove());
    }

    /**
     * Everything up to this row is at the destination.
     *
     * @return the polls that ended before it
     */
    public synchronized List<PollEnded> acknowledge(long number) {
        List<PollEnded> ended = new ArrayList<>();
        while (true) {
            PipelineElement element = elements.remove();
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
        acknowledged = acknowledged.at(number, target.isEmpty() ? acknowledged.targetId() : target);
        updateFullness();
        return ended;
    }

    /** The pipeline has ended: gives the memory of acknowledged rows back. */
    public synchronized void close() {
        resendable.close();
    }

    private long roomForResendable() {
        return Math.min(RESENDABLE_BYTES, Math.max(0, bounds.writeAhead() - bytes));
    }

    private void ended(PipelineElement mark) {
        if (mark instanceof PollEnded end) {
            acknowledgedPoll = Math.max(acknowledgedPoll, end.poll());
        }
    }

    private void updateFullness() {
        rowsGauge.set(rows);
        full &= bytes > bound() / 2;
    }

    private long bound() {
        return immediate ? bounds.immediate() : bounds.writeAhead();
    }

    /** Whether the source should stop; stays true until the queue is half empty again. */
    synchronized boolean isFull() {
        return full;
    }

    /** Rows in the queue. */
    public synchronized long rows() {
        return rows;
    }

    /** Number of the last row that has one. */
    public synchronized long lastNumber() {
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
    public record Contents(
            long lastNumber,
            long acknowledgedPoll,
            Progress acknowledged,
            ResendBuffer.Tail resendable,
            List<PipelineElement> elements) {}
}
