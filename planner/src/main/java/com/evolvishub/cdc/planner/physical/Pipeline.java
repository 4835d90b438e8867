package com.evolvishub.cdc.planner.physical;

import java.io.Serializable;
import java.util.Objects;
import java.util.Optional;

/**
 * One mapping to one destination: one chain of operators in the job.
 *
 * @param identity key of its state, fences and event ids: file name, the mapping's first name and
 *     the destination. It does not change when the file is reordered or the mapping renamed
 * @param mapping the displayed name; with several {@code destinations} it has a suffix
 * @param enabled whether it runs; if not, its operators stay in the job and keep their state
 * @param worker the slot-sharing group, {@code worker-1} and up
 * @param turn index in the file, from 0: the order of read turns on a worker
 * @param deliver the last node; the others are its inputs
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

    /** The first node. */
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

    /** The change detection node, if this pipeline has one. */
    public Optional<DetectChanges> detect() {
        PhysicalNode input = project().map(DropColumns::input).orElse(deliver.input());
        return input instanceof DetectChanges detect ? Optional.of(detect) : Optional.empty();
    }

    /** The node that drops columns, if this pipeline has one. */
    public Optional<DropColumns> project() {
        return deliver.input() instanceof DropColumns project
                ? Optional.of(project)
                : Optional.empty();
    }
}
