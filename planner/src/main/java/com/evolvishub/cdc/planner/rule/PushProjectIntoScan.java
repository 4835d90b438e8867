package com.evolvishub.cdc.planner.rule;

import com.evolvishub.cdc.planner.logical.LogicalNode;
import com.evolvishub.cdc.planner.logical.Project;
import com.evolvishub.cdc.planner.logical.Projection;
import com.evolvishub.cdc.planner.logical.Scan;
import com.evolvishub.cdc.planner.spec.ColumnRename;
import java.util.List;
import java.util.Optional;

/**
 * Leaves excluded columns out of the SELECT list, so that they never leave the source, and renames
 * the others in the scan. An excluded column that capture needs is still selected; a projection
 * directly above the scan drops it.
 *
 * <pre>
 * Project(rename id -> order_id; exclude ssn, updated_at)  =>  Project(exclude updated_at)
 *   Scan(orders; updated_at above the last position)             Scan(orders; updated_at above ...;
 *                                                                  rename id -> order_id; exclude ssn)
 * </pre>
 */
public final class PushProjectIntoScan implements Rule {
    @Override
    public Optional<LogicalNode> apply(LogicalNode node) {
        if (!(node instanceof Project project)
                || !(project.input() instanceof Scan scan)
                || !scan.projection().isIdentity()) {
            return Optional.empty();
        }
        Projection target = project.projection();
        List<String> selected = target.excluded().stream().filter(scan.needed()::contains).toList();
        List<String> pushed =
                target.excluded().stream().filter(name -> !selected.contains(name)).toList();
        // a new name that a still selected column has can be given only above, where that column is
        // dropped
        boolean nameInUse =
                target.renames().stream().anyMatch(rename -> selected.contains(rename.to()));
        List<ColumnRename> renames = nameInUse ? List.of() : target.renames();
        if (pushed.isEmpty() && renames.isEmpty()) {
            return Optional.empty();
        }
        LogicalNode rewritten = scan.with(new Projection(renames, pushed));
        if (!selected.isEmpty()) {
            List<ColumnRename> remaining = nameInUse ? target.renames() : List.of();
            rewritten = new Project(rewritten, new Projection(remaining, selected));
        }
        return Optional.of(rewritten);
    }
}
