package com.evolvishub.cdc.planner.explain;

import com.evolvishub.cdc.planner.catalog.Catalog.PollFacts;
import com.evolvishub.cdc.planner.catalog.UnderlyingRelation;
import com.evolvishub.cdc.planner.catalog.UnderlyingRelation.Kind;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.PollScan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Limitations of the kinds of relation that a mapping reads, and their remedies. */
final class RelationLimitations {

    private RelationLimitations() {}

    /** One sentence for each kind of relation with limitations; empty: none. */
    static List<String> of(PollScan scan, PollFacts facts) {
        if (scan.capture() instanceof Capture.ByDiff) {
            return List.of();
        }
        List<String> limits = new ArrayList<>();
        String commitsRemotely = names(facts, true);
        if (!commitsRemotely.isEmpty()) {
            limits.add(
                    "%s: commits are made elsewhere, and those transactions cannot be seen here. A row is found if it becomes visible within %s of its %s (%s), so that must be longer than the longest transaction there%s"
                            .formatted(
                                    commitsRemotely,
                                    PhysicalPlanDescriber.format(effectiveLookback(scan, facts)),
                                    scan.capture() instanceof Capture.ByWatermark by
                                            ? by.column()
                                            : "time",
                                    scan.capture() instanceof Capture.ByWatermark
                                            ? "settle_seconds"
                                            : "lookback_seconds",
                                    values(scan)));
        }
        String refreshed = names(facts, Kind.MATERIALIZED_VIEW);
        if (!refreshed.isEmpty()) {
            limits.add(
                    "%s: a refresh may show any row, so all rows are compared once after each refresh, and are all remembered"
                            .formatted(refreshed));
        }
        String functions = names(facts, Kind.FUNCTION);
        if (!functions.isEmpty()) {
            limits.add(
                    "%s: what it reads is not known; it counts as tables of this server"
                            .formatted(functions));
        }
        return limits;
    }

    /** The lookback of polls of these relations. */
    static Duration effectiveLookback(PollScan scan, PollFacts facts) {
        boolean commitsRemotely =
                facts.relations().stream().anyMatch(one -> one.kind().commitsRemotely());
        if (scan.capture() instanceof Capture.ByWatermark by) {
            return by.forRelations(commitsRemotely).lookback();
        }
        return ((Capture.ByQuery) scan.capture()).forRelations(commitsRemotely).lookback();
    }

    private static String values(PollScan scan) {
        return scan.capture() instanceof Capture.ByWatermark by
                        && by.type() != com.evolvishub.cdc.planner.spec.WatermarkType.TIMESTAMP
                ? "; and lookback_values more than what is given out meanwhile"
                : "";
    }

    private static String names(PollFacts facts, boolean commitsRemotely) {
        return facts.relations().stream()
                .filter(one -> one.kind().commitsRemotely() == commitsRemotely)
                .map(UnderlyingRelation::toString)
                .collect(Collectors.joining(", "));
    }

    private static String names(PollFacts facts, Kind kind) {
        return facts.relations().stream()
                .filter(one -> one.kind() == kind)
                .map(UnderlyingRelation::toString)
                .collect(Collectors.joining(", "));
    }
}
