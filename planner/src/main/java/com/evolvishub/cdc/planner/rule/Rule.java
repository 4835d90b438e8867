package com.evolvishub.cdc.planner.rule;

import com.evolvishub.cdc.planner.logical.LogicalNode;
import java.util.Optional;

/** One rewrite. */
public interface Rule {

    /**
     * A better node that yields the same output, or nothing when this rule has nothing to say. It
     * must have nothing to say about its own answer, or the optimizer would not come to an end.
     */
    Optional<LogicalNode> apply(LogicalNode node);

    /** Its name in traces and failures. */
    default String name() {
        return getClass().getSimpleName();
    }
}
