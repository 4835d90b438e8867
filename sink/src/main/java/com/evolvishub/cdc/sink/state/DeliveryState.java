package com.evolvishub.cdc.sink.state;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.sink.progress.Progress;
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
public record DeliveryState(
        long lastNumber,
        boolean destinationAhead,
        String run,
        long epoch,
        long acknowledgedPoll,
        PipelineTotals totals,
        Progress acknowledged,
        ResendBuffer.Tail resendable,
        String lossAcceptedByRun,
        ReloadComparisonState comparison,
        List<PipelineElement> queue) {

    public static final DeliveryState NEW =
            new DeliveryState(
                    0,
                    false,
                    "",
                    0,
                    0,
                    PipelineTotals.NONE,
                    Progress.NONE,
                    ResendBuffer.Tail.none(0),
                    "",
                    ReloadComparisonState.NONE,
                    List.of());

    public DeliveryState {
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(totals, "totals");
        Objects.requireNonNull(acknowledged, "acknowledged");
        Objects.requireNonNull(resendable, "resendable");
        Objects.requireNonNull(lossAcceptedByRun, "lossAcceptedBy");
        Objects.requireNonNull(comparison, "comparison");
        queue = List.copyOf(queue);
    }

    /**
     * The same lane, to be loaded anew: its numbers go on, because they never go back. Deletes
     * stay: a mapping that compares with known rows knows nothing of these any more.
     */
    public DeliveryState forReset() {
        List<PipelineElement> deletes =
                queue.stream()
                        .filter(
                                element ->
                                        element instanceof ChangeRow row
                                                && row.operation() == Operation.DELETE)
                        .toList();
        return new DeliveryState(
                lastNumber,
                destinationAhead,
                run,
                epoch,
                acknowledgedPoll,
                totals,
                acknowledged,
                ResendBuffer.Tail.none(acknowledged.lastSequence()),
                lossAcceptedByRun,
                comparison,
                deletes);
    }

    /** The highest epoch that {@code other} is known to have held; 0: none. */
    public long epochOf(String other) {
        return run.equals(other) ? epoch : 0;
    }
}
