package com.evolvishub.cdc.sink.state;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.sink.progress.Progress;
import java.util.List;
import java.util.Objects;

/**
 * Checkpointed state of a pipeline's delivery. Immutable, so that a snapshot only copies references
 * and is written while rows continue to arrive.
 *
 * @param lastNumber the last assigned sequence number; 0: none
 * @param destinationAhead whether the destination holds rows of a later state than this one, and
 *     the case is not decided yet
 * @param run the run that wrote this state
 * @param epoch the last epoch of that run; 0: none yet
 * @param acknowledgedPoll the highest poll whose rows are all at the destination; 0: none
 * @param totals counters for status
 * @param acknowledged the last known progress of the destination, with the sequence history up to
 *     {@code lastNumber}
 * @param resendable recently acknowledged rows
 * @param lossAcceptedByRun the run that has continued without lost rows, as the user has chosen
 * @param comparison state of the reload comparison
 * @param queue unacknowledged rows with sequence numbers, and the poll markers between them
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
     * The state to start a reload with. Sequence numbers continue, because they never decrease.
     * Deletes stay in the queue: after a reset the known rows no longer contain their keys, so no
     * later read would delete them.
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

    /** The highest known epoch of {@code otherRun}; 0: none. */
    public long epochOf(String otherRun) {
        return run.equals(otherRun) ? epoch : 0;
    }
}
