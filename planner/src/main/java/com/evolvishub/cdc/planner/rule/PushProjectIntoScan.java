package com.evolvishub.cdc.planner.rule;

import com.evolvishub.cdc.planner.logical.LogicalNode;
import com.evolvishub.cdc.planner.logical.Project;
import com.evolvishub.cdc.planner.logical.Projection;
import com.evolvishub.cdc.planner.logical.Scan;
import com.evolvishub.cdc.planner.spec.ColumnRename;
import java.util.List;
import java.util.Optional;

/**
 * Leaves excluded columns out of the SELECT list, so that they never leave the source, and names
 * the rest there. A column that is excluded and that capture needs is still selected; a projection
 * that drops it stays right above.
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
        Projection wanted = project.projection();
        List<String> kept = wanted.excluded().stream().filter(scan.needed()::contains).toList();
        List<String> pushed =
                wanted.excluded().stream().filter(name -> !kept.contains(name)).toList();
        // a new name that a kept column still has can be given only above, where that one is gone
        boolean taken = wanted.renames().stream().anyMatch(rename -> kept.contains(rename.to()));
        List<ColumnRename> renames = taken ? List.of() : wanted.renames();
        if (pushed.isEmpty() && renames.isEmpty()) {
            return Optional.empty();
        }
        LogicalNode rewritten = scan.with(new Projection(renames, pushed));
        if (!kept.isEmpty()) {
            List<ColumnRename> above = taken ? wanted.renames() : List.of();
            rewritten = new Project(rewritten, new Projection(above, kept));
        }
        return Optional.of(rewritten);
    }
}
