package com.evolvishub.cdc.planner.rule;

import com.evolvishub.cdc.planner.logical.LogicalNode;
import com.evolvishub.cdc.planner.logical.Project;
import java.util.Optional;

/**
 * Removes a projection that renames and excludes nothing.
 *
 * <pre>
 * Project(everything as it is)  =>  Scan(orders)
 *   Scan(orders)
 * </pre>
 */
public final class RemoveIdentityProject implements Rule {
    @Override
    public Optional<LogicalNode> apply(LogicalNode node) {
        if (node instanceof Project project && project.projection().isIdentity()) {
            return Optional.of(project.input());
        }
        return Optional.empty();
    }
}
