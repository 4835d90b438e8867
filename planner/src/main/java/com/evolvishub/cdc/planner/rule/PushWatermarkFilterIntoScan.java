package com.evolvishub.cdc.planner.rule;

import com.evolvishub.cdc.planner.logical.ChangePredicate;
import com.evolvishub.cdc.planner.logical.Filter;
import com.evolvishub.cdc.planner.logical.LogicalNode;
import com.evolvishub.cdc.planner.logical.Scan;
import java.util.Optional;

/**
 * Moves the watermark filter into the WHERE clause of the scan.
 *
 * <pre>
 * Filter(updated_at above the last position)  =>  Scan(orders; updated_at above the last position)
 *   Scan(orders)
 * </pre>
 */
public final class PushWatermarkFilterIntoScan implements Rule {
    @Override
    public Optional<LogicalNode> apply(LogicalNode node) {
        if (node instanceof Filter filter
                && filter.predicate() instanceof ChangePredicate.AboveWatermark
                && filter.input() instanceof Scan scan
                && scan.predicate().isEmpty()) {
            return Optional.of(scan.with(filter.predicate()));
        }
        return Optional.empty();
    }
}
