package com.evolvishub.cdc.planner.physical;

import java.io.Serializable;
import java.util.Objects;
import java.util.Optional;

/**
 * One mapping on its way to one destination: one lane of the job.
 *
 * @param identity what its state, fences and event ids hang on: file name, the mapping's first name
 *     and the destination. Never changes when the file is re-ordered or a mapping renamed
 * @param mapping the name shown; for one of several {@code destinations} it carries a suffix
 * @param enabled whether it runs; if not it stays in the job, parked, and keeps its state
 * @param worker the slot-sharing group, {@code worker-1} and up
 * @param turn place in the file, from 0: the order in which mappings of a worker take their turns
 * @param deliver the last step; the others hang below it
 */
public record Pipeline(
        String identity, String mapping, boolean enabled, String worker, int turn, Deliver deliver)
        implements Serializable {

    public Pipeline {
        Objects.requireNonNull(identity, "identity");
        Objects.requireNonNull(mapping, "mapping");
        Objects.requireNonNull(worker, "worker");
        Objects.requireNonNull(deliver, "deliver");
    }

    /** The first step. */
    public PollScan scan() {
        return deliver.accept(
                new PhysicalNode.Visitor<>() {
                    @Override
                    public PollScan pollScan(PollScan node) {
                        return node;
                    }

                    @Override
                    public PollScan detectChanges(DetectChanges node) {
                        return node.input();
                    }

                    @Override
                    public PollScan dropColumns(DropColumns node) {
                        return node.input().accept(this);
                    }

                    @Override
                    public PollScan deliver(Deliver node) {
                        return node.input().accept(this);
                    }
                });
    }

    /** The step that compares with state, if this pipeline has one. */
    public Optional<DetectChanges> detect() {
        PhysicalNode below = project().map(DropColumns::input).orElse(deliver.input());
        return below instanceof DetectChanges detect ? Optional.of(detect) : Optional.empty();
    }

    /** The step that drops columns, if this pipeline has one. */
    public Optional<DropColumns> project() {
        return deliver.input() instanceof DropColumns project
                ? Optional.of(project)
                : Optional.empty();
    }
}
