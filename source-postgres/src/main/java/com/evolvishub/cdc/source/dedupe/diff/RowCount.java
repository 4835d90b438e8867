package com.evolvishub.cdc.source.dedupe.diff;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Numbers about what is in keyed state. Kept on the heap and written with each checkpoint, so that
 * a row costs no write of them.
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

    /** Slots that were ever given out. */
    int slots() {
        return slots;
    }

    int takeNewSlot() {
        return slots++;
    }

    /** Slots given back, waiting in keyed state under the numbers from 0. */
    int freeSlots() {
        return freeSlots;
    }

    void freeSlots(int count) {
        freeSlots = count;
    }

    /** Nothing is known any more. */
    void clear() {
        known = 0;
        slots = 0;
        freeSlots = 0;
    }

    List<Long> toState() {
        return List.of(FORMAT, known, (long) slots, (long) freeSlots);
    }

    static RowCount restored(Iterable<Long> state) throws IOException {
        List<Long> numbers = new ArrayList<>();
        state.forEach(numbers::add);
        RowCount tally = new RowCount();
        if (numbers.isEmpty()) {
            return tally;
        }
        if (numbers.get(0) != FORMAT) {
            throw new IOException(
                    "cannot restore detected rows written in format %d; this build reads format %d"
                            .formatted(numbers.get(0), FORMAT));
        }
        tally.known = numbers.get(1);
        tally.slots = numbers.get(2).intValue();
        tally.freeSlots = numbers.get(3).intValue();
        return tally;
    }
}
