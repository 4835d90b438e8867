package com.evolvishub.cdc.planner.rule;

import com.evolvishub.cdc.planner.logical.LogicalNode;
import com.evolvishub.cdc.planner.logical.Project;
import java.util.Optional;

/**
 * Merges two projections into one.
 *
 * <pre>
 * Project(rename id -> order_id)  =>  Project(rename id -> order_id; exclude ssn)
 *   Project(exclude ssn)                Scan(orders)
 *     Scan(orders)
 * </pre>
 */
public final class MergeProjects implements Rule {
    @Override
    public Optional<LogicalNode> apply(LogicalNode node) {
        if (node instanceof Project upper && upper.input() instanceof Project lower) {
            return Optional.of(
                    new Project(lower.input(), lower.projection().then(upper.projection())));
        }
        return Optional.empty();
    }
}
