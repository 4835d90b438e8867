package com.evolvishub.cdc.planner.logical;

import com.evolvishub.cdc.planner.explain.tree.ExplainNode;

/** A node of a logical plan. Immutable: a rule creates new nodes. */
public sealed interface LogicalNode permits Scan, Filter, Project, Sink {

    /** Calls the method of {@code visitor} for this kind of node. */
    <R> R accept(Visitor<R> visitor);

    /** The output of this node; a rule must not change it. */
    NodeOutput output();

    /** This node and its inputs, for display. */
    ExplainNode describe();

    /** One method for each kind of node. */
    interface Visitor<R> {
        R scan(Scan node);

        R filter(Filter node);

        R project(Project node);

        R sink(Sink node);
    }
}
