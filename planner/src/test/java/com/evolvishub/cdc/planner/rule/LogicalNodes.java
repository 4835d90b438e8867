package com.evolvishub.cdc.planner.rule;

import com.evolvishub.cdc.planner.MappingBuilder;
import com.evolvishub.cdc.planner.logical.ChangePredicate;
import com.evolvishub.cdc.planner.logical.Filter;
import com.evolvishub.cdc.planner.logical.LogicalNode;
import com.evolvishub.cdc.planner.logical.Project;
import com.evolvishub.cdc.planner.logical.Projection;
import com.evolvishub.cdc.planner.logical.Scan;
import com.evolvishub.cdc.planner.spec.ColumnRename;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import java.util.List;

/** Logical nodes for tests of rules. */
final class LogicalNodes {

    static final ChangePredicate ABOVE =
            new ChangePredicate.AboveWatermark("updated_at", WatermarkType.TIMESTAMP);

    private LogicalNodes() {}

    static Scan scan(String... needed) {
        return Scan.of(MappingBuilder.postgres("h", "shop", "orders"), "", List.of(needed));
    }

    static Scan queryScan() {
        return Scan.of(MappingBuilder.postgres("h", "shop", ""), "SELECT :last_sync", List.of());
    }

    static Filter filter(LogicalNode input, ChangePredicate predicate) {
        return new Filter(input, predicate);
    }

    static Project project(LogicalNode input, Projection projection) {
        return new Project(input, projection);
    }

    static Projection renaming(String from, String to) {
        return new Projection(List.of(new ColumnRename(from, to)), List.of());
    }

    static Projection excluding(String... columns) {
        return new Projection(List.of(), List.of(columns));
    }

    static Projection renamingAndExcluding(String from, String to, String... excluded) {
        return new Projection(List.of(new ColumnRename(from, to)), List.of(excluded));
    }
}
