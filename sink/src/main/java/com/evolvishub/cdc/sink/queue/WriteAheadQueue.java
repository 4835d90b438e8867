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
 * Holds rows with sequence numbers, and the poll markers between them, from the source until the
 * destination has acknowledged them. Thread-safe: the task's thread adds, snapshots and releases;
 * the I/O thread reads and acknowledges. An element stays in the queue, and so in every snapshot,
 * until it is acknowledged.
 *
 * <p>The bound in bytes is soft: when {@link #isFull}, the source should stop, but rows that still
 * arrive are accepted, because the task's thread must never wait.
 */
public final class WriteAheadQueue implements ConstraintRetry.Rows {

    private static final long BATCH_BYTES = 4L << 20;

    /** Limits of acknowledged rows kept for a resend: in memory, and in each checkpoint. */
    private static final long RESENDABLE_BYTES = 16L << 20;

    private static final long RESENDABLE_BYTES_IN_STATE = 256L << 10;

    /** The last sequence number in a checkpoint that is not complete yet. */
    private record PendingCheckpoint(long checkpoint, long lastNumber) {}

    private final ArrayDeque<PipelineElement> elements = new ArrayDeque<>();
    private final ArrayDeque<PendingCheckpoint> snapshots = new ArrayDeque<>();
    private final QueueBounds bounds;
    private final AtomicLong rowsGauge;
    private final ResendBuffer resendable;
    private final String writerId;
    private final Clock clock;
    private int batchRows = AdaptiveBatchSize.INITIAL_ROWS;
    private Progress acknowledged;
    private String target = "";
    private long lastNumber;
    private long releasedSequence;
    private long acknowledgedPoll;
    private long completions;
    private long bytes;
    private long rows;
    private boolean immediate;
    private boolean opened;
    private boolean full;
    private boolean waiting;
    private boolean releaseRequested;

    /**
     * @param restored state of a completed checkpoint; its rows may be sent immediately
     * @param writerId id of the writer that assigns the next sequence numbers
     * @param resend how long acknowledged rows are kept to be resent
     * @param rowsGauge is set to the number of rows in the queue
     */
    public WriteAheadQueue(
            DeliveryState restored,
            String writerId,
            QueueBounds bounds,
            Duration resend,
            AtomicLong rowsGauge,
            Clock clock) {
        this.rowsGauge = rowsGauge;
        this.bounds = bounds;
        this.writerId = writerId;
        this.clock = clock;
        this.resendable =
                new ResendBuffer(
                        resend, restored.resendable(), clock.millis(), ResendBudget.OF_JVM);
        Progress before = restored.acknowledged();
        acknowledged =
                new Progress(
                        before.lastSequence(),
                        before.sequenceHistory().continuedBy(writerId, restored.lastNumber()),
                        before.incarnation(),
                        before.targetId());
        lastNumber = restored.lastNumber();
        releasedSequence = restored.lastNumber();
        acknowledgedPoll = restored.acknowledgedPoll();
        for (PipelineElement element : restored.queue()) {
            elements.add(element);
            if (element instanceof ChangeRow row) {
                bytes += row.weight();
                rows++;
            }
        }
        rowsGauge.set(rows);
        full = bytes > bounds.writeAhead();
    }

    /**
     * Appends an element. A row gets the next sequence number.
     *
     * @return whether the source should stop
     * @throws IllegalStateException for a row that arrives before {@link #onOpened}: the
     *     destination might already hold its sequence number, and the row would be lost
     */
    public synchronized boolean add(PipelineElement element) {
        if (element instanceof ChangeRow row) {
            if (!opened) {
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
     * The pipeline's writer is open. Queued rows that the destination holds are acknowledged. Rows
     * that it has lost are resent if the resend buffer has them. If it holds rows of another
     * writer, the remaining rows get higher sequence numbers than those.
     *
     * @param found the destination's progress record
     * @param shared the destination holds this pipeline's rows up to this sequence number
     * @return number of queued rows that the destination holds; negative: number of rows that are
     *     resent
     */
    public synchronized long onOpened(Progress found, long shared) {
        List<PipelineElement> remaining = new ArrayList<>();
        for (PipelineElement element : elements) {
            if (element instanceof ChangeRow row && row.sequence() <= shared) {
                resendable.add(row, clock.millis());
            } else {
                remaining.add(element);
            }
        }
        List<ChangeRow> resent = resendable.takeAbove(shared);
        SequenceHistory sequenceHistory = acknowledged.sequenceHistory();
        elements.clear();
        if (found.lastSequence() > shared) {
            sequenceHistory =
                    found.sequenceHistory()
                            .continuedBy(writerId, Math.max(lastNumber, found.lastSequence()));
            lastNumber = Math.max(lastNumber, found.lastSequence());
            remaining.replaceAll(
                    e -> e instanceof ChangeRow row ? row.withSequence(++lastNumber) : e);
            resent = List.of();
        }
        if (shared < resendable.above() || found.lastSequence() > shared) {
            resendable.clear(found.lastSequence());
        }
        elements.addAll(resent);
        elements.addAll(remaining);
        long before = rows;
        count();
        acknowledged =
                new Progress(
                        found.lastSequence(), sequenceHistory, found.incarnation(), target(found));
        opened = true;
        updateFullness();
        return before - rows;
    }

    /**
     * The pipeline's writer is open, and the destination has no progress record: which rows it
     * holds is unknown.
     */
    public synchronized long onOpenedWithoutRecord() {
        opened = true;
        acknowledged = acknowledged.withoutStoredRecord();
        return 0;
    }

    /**
     * The target that the acknowledged rows are in. A target known for another incarnation is not
     * valid. A state without an acknowledgement takes the target from the progress record, so that
     * a replacement before the next row is detected.
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

    /** The last known progress of the destination. */
    public synchronized Progress acknowledged() {
        return acknowledged;
    }

    /** Every acknowledged row above this sequence number can be resent. */
    public synchronized long resendableAbove() {
        return resendable.above();
    }

    /** Discards the target that rows were delivered to: the next one is accepted. */
    public synchronized void forgetTarget() {
        acknowledged = acknowledged.deliveredTo("");
    }

    /** Sets the table, topic or stream that the next rows are written to. */
    public synchronized void setTarget(String targetId) {
        target = targetId;
        if (acknowledged.lastSequence() > 0 && !targetId.isEmpty()) {
            // the client knew the previous target and has accepted this one
            acknowledged = acknowledged.deliveredTo(targetId);
        }
    }

    /** Sets the maximum number of rows in a batch. */
    synchronized void batchRows(int maxRows) {
        batchRows = maxRows;
    }

    /** Sets whether rows may be sent before a completed checkpoint holds them. */
    public synchronized void sendImmediately(boolean now) {
        immediate = now;
        full |= bytes > bound();
        updateFullness();
        notifyAll();
    }

    /**
     * Records the last sequence number of the checkpoint and returns its contents. The elements are
     * shared, not copied.
     */
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

    /** A checkpoint is complete: rows in it and in all earlier snapshots may be sent. */
    public synchronized void checkpointComplete(long checkpoint) {
        completions++;
        Iterator<PendingCheckpoint> each = snapshots.iterator();
        while (each.hasNext()) {
            PendingCheckpoint pending = each.next();
            if (pending.checkpoint() <= checkpoint) {
                releasedSequence = Math.max(releasedSequence, pending.lastNumber());
                each.remove();
            }
        }
        notifyAll();
    }

    /** Waits for rows to send or a marker at the head. */
    public synchronized QueuedBatch next() throws InterruptedException {
        while (!hasSendable()) {
            waiting = true;
            wait();
        }
        waiting = false;
        return nextBatch();
    }

    /**
     * Like {@link #next}, but stops waiting once {@link #requestRelease} was called.
     *
     * @return empty: a release was requested since the last call, and there is nothing to send
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
     * Ends the current or next wait in {@link #nextUnlessReleaseRequested}: another pipeline needs
     * the connection permit.
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

    /**
     * Returns all rows from the head on that may be sent and have the schema of the first of them.
     */
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

    /** Waits until a checkpoint is complete, or until the timeout. */
    @Override
    public synchronized void awaitMoreSendable(Duration timeout) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        long before = completions;
        for (long left = timeout.toNanos();
                left > 0 && completions == before;
                left = end - System.nanoTime()) {
            wait(left / 1_000_000 + 1);
        }
    }

    /** Rows from the head on, skipping poll markers that do not change the schema. */
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
        return immediate || row.sequence() <= releasedSequence;
    }

    /** Removes the poll marker at the head. */
    public synchronized void acknowledgeMarker() {
        ended(elements.remove());
    }

    /**
     * Removes everything up to this row: the destination holds it.
     *
     * @return the polls that ended before it
     */
    public synchronized List<PollEnded> acknowledge(long sequence) {
        List<PollEnded> ended = new ArrayList<>();
        while (true) {
            PipelineElement element = elements.remove();
            if (element instanceof ChangeRow row) {
                rows--;
                bytes -= row.weight();
                resendable.add(row, clock.millis());
                if (row.sequence() == sequence) {
                    break;
                }
            } else if (element instanceof PollEnded end) {
                ended(end);
                ended.add(end);
            }
        }
        resendable.evict(clock.millis(), roomForResendable());
        acknowledged =
                acknowledged.at(sequence, target.isEmpty() ? acknowledged.targetId() : target);
        updateFullness();
        return ended;
    }

    /** The pipeline has ended: releases the memory of acknowledged rows. */
    public synchronized void close() {
        resendable.close();
    }

    private long roomForResendable() {
        return Math.min(RESENDABLE_BYTES, Math.max(0, bounds.writeAhead() - bytes));
    }

    private void ended(PipelineElement marker) {
        if (marker instanceof PollEnded end) {
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

    /** The last assigned sequence number. */
    public synchronized long lastNumber() {
        return lastNumber;
    }

    /**
     * Contents of a snapshot.
     *
     * @param lastNumber the last assigned sequence number
     * @param acknowledgedPoll the highest poll whose rows are all at the destination
     * @param acknowledged the last known progress of the destination
     * @param resendable recently acknowledged rows
     * @param elements rows and poll markers in order
     */
    public record Contents(
            long lastNumber,
            long acknowledgedPoll,
            Progress acknowledged,
            ResendBuffer.Tail resendable,
            List<PipelineElement> elements) {}
}
