package com.evolvishub.cdc.planner.logical;

import java.util.Objects;
import java.util.Optional;

/**
 * The output of a node, described without the columns of the relation: two plans with equal outputs
 * yield the same rows with the same names, whatever the relation contains.
 *
 * @param relation where the rows come from
 * @param predicate which of them
 * @param columns how their columns are projected
 */
public record NodeOutput(String relation, Optional<ChangePredicate> predicate, Projection columns) {

    public NodeOutput {
        Objects.requireNonNull(relation, "relation");
        Objects.requireNonNull(predicate, "since");
        columns = columns.normalized();
    }
}
