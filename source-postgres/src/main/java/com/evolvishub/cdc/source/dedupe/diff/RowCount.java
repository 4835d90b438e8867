package com.evolvishub.cdc.source.dedupe.diff;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Counters of the rows in keyed state. Kept on the heap and written with each checkpoint, so that a
 * row does not cost a write of its counter.
 *
 * <p>Not thread-safe.
 */
final class RowCount {

    private static final long FORMAT = 1;

    private long known;
    private int slots;
    private int freeSlots;

    /** Rows that were sent and not deleted again; copies count. */
    long known() {
        return known;
    }

    void add(long rows) {
        known += rows;
    }

    /** Number of slots ever assigned. */
    int slots() {
        return slots;
    }

    int takeNewSlot() {
        return slots++;
    }

    /** Free slots, stored in keyed state under the numbers from 0. */
    int freeSlots() {
        return freeSlots;
    }

    void freeSlots(int count) {
        freeSlots = count;
    }

    /** Resets all counters. */
    void clear() {
        known = 0;
        slots = 0;
        freeSlots = 0;
    }

    List<Long> toState() {
        return List.of(FORMAT, known, (long) slots, (long) freeSlots);
    }

    static RowCount restored(Iterable<Long> state) throws IOException {
        List<Long> values = new ArrayList<>();
        state.forEach(values::add);
        RowCount rowCount = new RowCount();
        if (values.isEmpty()) {
            return rowCount;
        }
        if (values.get(0) != FORMAT) {
            throw new IOException(
                    "cannot restore detected rows written in format %d; this build reads format %d"
                            .formatted(values.get(0), FORMAT));
        }
        rowCount.known = values.get(1);
        rowCount.slots = values.get(2).intValue();
        rowCount.freeSlots = values.get(3).intValue();
        return rowCount;
    }
}
