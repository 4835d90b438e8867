package com.evolvishub.cdc.planner.logical;

import java.util.Objects;
import java.util.Optional;

/**
 * What comes out of a node, told without knowing the columns of the relation: two plans with equal
 * outputs yield the same rows under the same names, whatever the relation holds.
 *
 * @param relation where the rows come from
 * @param since which of them
 * @param columns what became of their columns
 */
public record NodeOutput(String relation, Optional<ChangePredicate> predicate, Projection columns) {

    public NodeOutput {
        Objects.requireNonNull(relation, "relation");
        Objects.requireNonNull(predicate, "since");
        columns = columns.normalized();
    }
}
