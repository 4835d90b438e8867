package com.evolvishub.cdc.planner.rule;

import com.evolvishub.cdc.planner.logical.ChangePredicate;
import com.evolvishub.cdc.planner.logical.Filter;
import com.evolvishub.cdc.planner.logical.LogicalNode;
import com.evolvishub.cdc.planner.logical.Scan;
import java.util.Optional;

/**
 * Lets the user's query select its rows: the position is bound to last_sync.
 *
 * <pre>
 * Filter(what the query returns for last_sync)  =>  Scan(query; what it returns for last_sync)
 *   Scan(query)
 * </pre>
 */
public final class BindLastSyncInScan implements Rule {
    @Override
    public Optional<LogicalNode> apply(LogicalNode node) {
        if (node instanceof Filter filter
                && filter.predicate() instanceof ChangePredicate.AfterLastSync
                && filter.input() instanceof Scan scan
                && scan.predicate().isEmpty()
                && !scan.query().isEmpty()) {
            return Optional.of(scan.with(filter.predicate()));
        }
        return Optional.empty();
    }
}
