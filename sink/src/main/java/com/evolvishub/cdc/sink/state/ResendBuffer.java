package com.evolvishub.cdc.sink.state;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * Rows that the destination has acknowledged a short time ago, kept to be sent again to one that
 * has lost them: a standby that lagged, a crash that took back the last commits. They have no gap:
 * every row above {@link #above} that was acknowledged is here. Not thread-safe.
 */
public final class ResendBuffer {

    private record Acknowledged(ChangeRow row, long millis) {}

    private final long keptMillis;
    private final ResendBudget budget;
    private final Deque<Acknowledged> rows = new ArrayDeque<>();
    private long bytes;
    private long above;
    private boolean closed;

    /**
     * Starts with what an earlier run has kept.
     *
     * @param kept how long rows are kept
     * @param budget shared with other pipelines
     */
    public ResendBuffer(Duration kept, Tail restored, long now, ResendBudget budget) {
        this.keptMillis = kept.toMillis();
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

    /** Drops what is too old, and the oldest until the rest has room. */
    public void evict(long now, long room) {
        while (!rows.isEmpty() && isToGo(rows.peekFirst(), now, room)) {
            ChangeRow oldest = rows.removeFirst().row();
            count(-oldest.weight());
            above = oldest.sequence();
        }
    }

    private boolean isToGo(Acknowledged oldest, long now, long room) {
        return bytes > room || now - oldest.millis() >= keptMillis || budget.isExceeded();
    }

    /** Every acknowledged row above this number is kept. */
    public long above() {
        return above;
    }

    /** Takes out all rows above a number, in order. */
    public List<ChangeRow> takeAbove(long number) {
        Deque<ChangeRow> taken = new ArrayDeque<>();
        while (!rows.isEmpty() && rows.peekLast().row().sequence() > number) {
            ChangeRow last = rows.removeLast().row();
            count(-last.weight());
            taken.addFirst(last);
        }
        return List.copyOf(taken);
    }

    /** Forgets all of them. */
    public void clear(long acknowledged) {
        rows.clear();
        count(-bytes);
        above = acknowledged;
    }

    /** The pipeline has ended: keeps nothing any more. */
    public void close() {
        clear(rows.isEmpty() ? above : rows.peekLast().row().sequence());
        closed = true;
    }

    /** The newest of them, as many as fit into so many bytes. */
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
     * A part of the acknowledged rows, up to the last of them.
     *
     * @param above every acknowledged row above this number is among them
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
