package com.evolvishub.cdc.planner.explain;

import com.evolvishub.cdc.planner.catalog.Catalog.PollFacts;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Explains how rows are found that become visible below the position. */
final class LateRowNotes {

    static final String REPLICA =
            "a standby shows a transaction of its primary from its first change on: a row that is"
                    + " stamped earlier than that by more than the look-back may not be seen";

    private LateRowNotes() {}

    /**
     * One line for each measure; empty: the mapping has no late rows.
     *
     * @param type of the watermark's column, as the database prints it; empty: unknown
     */
    static List<String> of(PollScan scan, Optional<PollFacts> facts, String type) {
        if (scan.capture() instanceof Capture.ByQuery) {
            List<String> lines = new ArrayList<>();
            lines.add(
                    "last_sync lies %s before the last complete poll (lookback_seconds)"
                            .formatted(format(effectiveLookback(scan, facts))));
            lines.add(
                    "or before a transaction was first seen, once that has ended"
                            + (facts.filter(PollFacts::standby).isPresent()
                                    ? "\nwarning: " + REPLICA
                                    : ""));
            lines.addAll(limits(scan, facts));
            return lines;
        }
        if (!(scan.capture() instanceof Capture.ByWatermark by)) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        lines.add(
                lookback(by.forRelations(facts.map(LateRowNotes::commitsRemotely).orElse(false))));
        lines.add("reads again what open transactions can have written, " + waitLimit(by));
        lines.add(firstPoll(by, facts));
        if (facts.filter(PollFacts::standby).isPresent()) {
            lines.add("warning: " + REPLICA);
        }
        lines.addAll(limits(scan, facts));
        facts.flatMap(known -> sequence(scan, known)).ifPresent(w -> lines.add("warning: " + w));
        facts.flatMap(known -> WatermarkTypeNotes.warning(scan, known))
                .map(text -> "warning: " + text)
                .ifPresent(lines::add);
        CollationNotes.line(scan, facts).ifPresent(lines::add);
        zone(by, facts, type).ifPresent(lines::add);
        return lines;
    }

    private static boolean commitsRemotely(PollFacts facts) {
        return facts.relations().stream().anyMatch(one -> one.kind().commitsRemotely());
    }

    private static Duration effectiveLookback(PollScan scan, Optional<PollFacts> facts) {
        return facts.map(known -> RelationLimitations.effectiveLookback(scan, known))
                .orElse(((Capture.ByQuery) scan.capture()).lookback());
    }

    private static List<String> limits(PollScan scan, Optional<PollFacts> facts) {
        return facts.map(known -> RelationLimitations.of(scan, known)).orElse(List.of()).stream()
                .map(limit -> "warning: " + limit)
                .toList();
    }

    private static String lookback(Capture.ByWatermark by) {
        return switch (by.type()) {
            case TIMESTAMP ->
                    by.lookback().isZero()
                            ? "no look-back: lookback_seconds is 0"
                            : "reads the last %s of %s again (%s)"
                                    .formatted(
                                            format(by.lookback()),
                                            by.column(),
                                            by.lookback().equals(Capture.DEFAULT_SETTLE_TIME)
                                                            || by.lookback().equals(by.settle())
                                                    ? "settle_seconds"
                                                    : "lookback_seconds");
            case INTEGER ->
                    by.lookbackValues() == 0
                            ? "no look-back: lookback_values is 0"
                            : "reads the last %d values of %s again (lookback_values), for %s, then every 10 min"
                                    .formatted(
                                            by.lookbackValues(),
                                            by.column(),
                                            format(by.lookback()));
            case STRING -> "no look-back: there are no distances between texts";
        };
    }

    private static String waitLimit(Capture.ByWatermark by) {
        return by.maxPin().isZero()
                ? "once they have ended, however late"
                : "once they have ended, if within %s (max_pin_seconds)"
                        .formatted(format(by.maxPin()));
    }

    private static String firstPoll(Capture.ByWatermark by, Optional<PollFacts> facts) {
        if (by.type() != WatermarkType.TIMESTAMP) {
            return "at the first look: once what is open has ended, everything is read again";
        }
        if (facts.isEmpty()) {
            return "at the first look: what is open counts as begun an hour before it, unless the role"
                    + " sees when";
        }
        return facts.get().seesOtherTransactions() && !facts.get().standby()
                ? "at the first look: this role sees when others began; prepared ones count as an hour"
                        + " old"
                : "at the first look: what is open counts as begun an hour before it ("
                        + (facts.get().standby()
                                ? "a standby does not tell when)"
                                : "the role has not pg_read_all_stats)");
    }

    /** A warning about the sequence that fills the watermark; empty: none. */
    static Optional<String> sequence(PollScan scan, PollFacts facts) {
        boolean warned =
                scan.capture() instanceof Capture.ByWatermark by
                        && facts.sequenceCache() > 1
                        && by.lookbackValues() < facts.sequenceCache();
        return warned
                ? Optional.of(
                        "a session takes %d values at once from the sequence of the watermark, and may use them late: lookback_values should be more"
                                .formatted(facts.sequenceCache()))
                : Optional.empty();
    }

    private static Optional<String> zone(
            Capture.ByWatermark by, Optional<PollFacts> facts, String type) {
        boolean zoneless =
                type.isEmpty() || type.endsWith("without time zone") || type.equals("date");
        if (by.type() != WatermarkType.TIMESTAMP || !zoneless) {
            return Optional.empty();
        }
        String what = type.equals("date") ? "a date" : "a timestamp without zone";
        if (!by.timezone().isEmpty()) {
            return Optional.of("%s is read in %s (timezone)".formatted(what, by.timezone()));
        }
        return Optional.of(
                facts.map(
                                known ->
                                        "%s is read in %s (%s)"
                                                .formatted(what, known.zone(), known.zoneOrigin()))
                        .orElse(what + " is read in the TimeZone of the role"));
    }

    private static String format(Duration duration) {
        return PhysicalPlanDescriber.format(duration);
    }
}
