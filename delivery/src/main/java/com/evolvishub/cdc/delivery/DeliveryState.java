package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.FlowElement;
import java.util.List;
import java.util.Objects;

/**
 * What a checkpoint keeps of a lane's delivery. Immutable, so that a snapshot only takes references
 * and is written while rows go on flowing.
 *
 * @param lastNumber number of the last row that has one; 0: none
 * @param ahead whether the destination was found to hold rows of a later state than this one, and
 *     nobody has decided yet what to do about it
 * @param run the run that wrote this
 * @param epoch the last epoch that it held; 0: none yet
 * @param acknowledgedPoll the highest poll that is wholly at the destination; 0: none
 * @param totals counters for status
 * @param queue rows not yet acknowledged, numbered, and the marks between them
 */
record DeliveryState(
        long lastNumber,
        boolean ahead,
        String run,
        long epoch,
        long acknowledgedPoll,
        LaneTotals totals,
        List<FlowElement> queue) {

    static final DeliveryState NEW =
            new DeliveryState(0, false, "", 0, 0, LaneTotals.NONE, List.of());

    DeliveryState {
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(totals, "totals");
        queue = List.copyOf(queue);
    }

    /** The same lane, with nothing to deliver: its numbers go on, because they never go back. */
    DeliveryState withoutRows() {
        return new DeliveryState(
                lastNumber, ahead, run, epoch, acknowledgedPoll, totals, List.of());
    }

    /** Number of the last row before the queue: that and all below were handed on. */
    long handedOn() {
        return queue.stream()
                .filter(ChangeRow.class::isInstance)
                .mapToLong(element -> ((ChangeRow) element).sequence() - 1)
                .findFirst()
                .orElse(lastNumber);
    }

    /** The highest epoch that {@code other} is known to have held; 0: none. */
    long epochOf(String other) {
        return run.equals(other) ? epoch : 0;
    }
}
