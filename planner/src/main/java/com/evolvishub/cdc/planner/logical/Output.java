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
public record Output(String relation, Optional<Since> since, Projection columns) {

    public Output {
        Objects.requireNonNull(relation, "relation");
        Objects.requireNonNull(since, "since");
        columns = columns.normalized();
    }
}
