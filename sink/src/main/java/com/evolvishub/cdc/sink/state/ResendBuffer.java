package com.evolvishub.cdc.sink.state;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * Recently acknowledged rows, kept to be resent if the destination has lost them: after a failover
 * to a lagging standby, or a crash that lost the last commits. It has no gaps: it holds every
 * acknowledged row above {@link #above}. Not thread-safe.
 */
public final class ResendBuffer {

    private record Acknowledged(ChangeRow row, long millis) {}

    private final long retentionMillis;
    private final ResendBudget budget;
    private final Deque<Acknowledged> rows = new ArrayDeque<>();
    private long bytes;
    private long above;
    private boolean closed;

    /**
     * Creates the buffer with the rows of an earlier run.
     *
     * @param retention how long rows are kept
     * @param budget shared with other pipelines
     */
    public ResendBuffer(Duration retention, Tail restored, long now, ResendBudget budget) {
        this.retentionMillis = retention.toMillis();
        this.budget = budget;
        this.above = restored.above();
        restored.rows().forEach(row -> add(row, now));
    }

    public void add(ChangeRow row, long now) {
        if (closed) {
            above = row.sequence();
            return;
        }
        rows.addLast(new Acknowledged(row, now));
        count(row.weight());
    }

    private void count(long weight) {
        bytes += weight;
        budget.count(weight);
    }

    /** Evicts rows that are too old, and the oldest until the rest fits into {@code room} bytes. */
    public void evict(long now, long room) {
        while (!rows.isEmpty() && isEvictable(rows.peekFirst(), now, room)) {
            ChangeRow oldest = rows.removeFirst().row();
            count(-oldest.weight());
            above = oldest.sequence();
        }
    }

    private boolean isEvictable(Acknowledged oldest, long now, long room) {
        return bytes > room || now - oldest.millis() >= retentionMillis || budget.isExceeded();
    }

    /** Every acknowledged row above this sequence number is kept. */
    public long above() {
        return above;
    }

    /** Removes and returns all rows above a sequence number, in order. */
    public List<ChangeRow> takeAbove(long sequence) {
        Deque<ChangeRow> taken = new ArrayDeque<>();
        while (!rows.isEmpty() && rows.peekLast().row().sequence() > sequence) {
            ChangeRow last = rows.removeLast().row();
            count(-last.weight());
            taken.addFirst(last);
        }
        return List.copyOf(taken);
    }

    /** Removes all rows. */
    public void clear(long acknowledged) {
        rows.clear();
        count(-bytes);
        above = acknowledged;
    }

    /** The pipeline has ended: releases all rows and keeps none from now on. */
    public void close() {
        clear(rows.isEmpty() ? above : rows.peekLast().row().sequence());
        closed = true;
    }

    /** The newest rows that fit into {@code room} bytes. */
    public Tail newest(long room) {
        Deque<ChangeRow> newest = new ArrayDeque<>();
        long weight = 0;
        for (Iterator<Acknowledged> each = rows.descendingIterator(); each.hasNext(); ) {
            ChangeRow row = each.next().row();
            weight += row.weight();
            if (weight > room) {
                return new Tail(row.sequence(), List.copyOf(newest));
            }
            newest.addFirst(row);
        }
        return new Tail(above, List.copyOf(newest));
    }

    /**
     * The newest acknowledged rows.
     *
     * @param above every acknowledged row above this sequence number is among them
     */
    public record Tail(long above, List<ChangeRow> rows) {
        public static Tail none(long acknowledged) {
            return new Tail(acknowledged, List.of());
        }

        public Tail {
            rows = List.copyOf(rows);
        }
    }
}
