package com.evolvishub.cdc.planner.rule;

import com.evolvishub.cdc.planner.logical.LogicalNode;
import java.util.Optional;

/** One rewrite. */
public interface Rule {

    /**
     * A better node with the same output; empty if the rule does not fire. A rule must not fire on
     * its own result, or the optimizer would not terminate.
     */
    Optional<LogicalNode> apply(LogicalNode node);

    /** Its name in traces and failures. */
    default String name() {
        return getClass().getSimpleName();
    }
}
