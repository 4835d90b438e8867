package com.evolvishub.cdc.planner.logical;

import com.evolvishub.cdc.planner.explain.tree.ExplainNode;

/** A step of what a mapping means. Immutable: a rule makes new ones. */
public sealed interface LogicalNode permits Scan, Filter, Project, Sink {

    /** Calls the method of {@code visitor} that is meant for this node. */
    <R> R accept(Visitor<R> visitor);

    /** What comes out of this node; a rule may not change it. */
    NodeOutput output();

    /** This node and those below it, ready to be shown. */
    ExplainNode describe();

    /** An answer for each kind of node. */
    interface Visitor<R> {
        R scan(Scan node);

        R filter(Filter node);

        R project(Project node);

        R sink(Sink node);
    }
}
