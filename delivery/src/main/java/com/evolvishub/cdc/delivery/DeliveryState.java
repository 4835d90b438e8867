package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.FlowElement;
import com.evolvishub.cdc.flow.Operation;
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
 * @param acknowledged what the destination was last known to hold, and who numbered the rows up to
 *     {@code lastNumber}
 * @param resendable rows that were acknowledged a short time ago
 * @param lossAcceptedBy the run that the user told to go on without rows that the destination has
 *     lost, once it has done so
 * @param comparison how far the comparison of a load that began anew is
 * @param queue rows not yet acknowledged, numbered, and the marks between them
 */
record DeliveryState(
        long lastNumber,
        boolean ahead,
        String run,
        long epoch,
        long acknowledgedPoll,
        LaneTotals totals,
        Progress acknowledged,
        AcknowledgedRows.Tail resendable,
        String lossAcceptedBy,
        LoadComparison comparison,
        List<FlowElement> queue) {

    static final DeliveryState NEW =
            new DeliveryState(
                    0,
                    false,
                    "",
                    0,
                    0,
                    LaneTotals.NONE,
                    Progress.NONE,
                    AcknowledgedRows.Tail.none(0),
                    "",
                    LoadComparison.NONE,
                    List.of());

    DeliveryState {
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(totals, "totals");
        Objects.requireNonNull(acknowledged, "acknowledged");
        Objects.requireNonNull(resendable, "resendable");
        Objects.requireNonNull(lossAcceptedBy, "lossAcceptedBy");
        Objects.requireNonNull(comparison, "comparison");
        queue = List.copyOf(queue);
    }

    /**
     * The same lane, to be loaded anew: its numbers go on, because they never go back. Deletes
     * stay: a mapping that compares with known rows knows nothing of these any more.
     */
    DeliveryState forReset() {
        List<FlowElement> deletes =
                queue.stream()
                        .filter(
                                element ->
                                        element instanceof ChangeRow row
                                                && row.operation() == Operation.DELETE)
                        .toList();
        return new DeliveryState(
                lastNumber,
                ahead,
                run,
                epoch,
                acknowledgedPoll,
                totals,
                acknowledged,
                AcknowledgedRows.Tail.none(acknowledged.number()),
                lossAcceptedBy,
                comparison,
                deletes);
    }

    /** The highest epoch that {@code other} is known to have held; 0: none. */
    long epochOf(String other) {
        return run.equals(other) ? epoch : 0;
    }
}
