package com.evolvishub.cdc.planner.rule;

import java.util.List;
import java.util.Objects;

/**
 * Rules that run together until none of them fires.
 *
 * @param name shown in traces
 * @param rules tried in this order at each node
 */
public record Stage(String name, List<Rule> rules) {
    public Stage {
        Objects.requireNonNull(name, "name");
        rules = List.copyOf(rules);
    }
}
