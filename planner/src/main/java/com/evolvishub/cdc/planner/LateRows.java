package com.evolvishub.cdc.planner;

import com.evolvishub.cdc.planner.logical.Catalog.PollFacts;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.PhysicalDescriber;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says how rows are found that become visible behind what was read. */
final class LateRows {

    static final String REPLICA =
            "a standby shows a transaction of its primary from its first change on: a row that is"
                    + " stamped earlier than that by more than the look-back may not be seen";

    private LateRows() {}

    /**
     * A line for each thing that is done about them; empty: there are none.
     *
     * @param type of the watermark's column, as the database prints it; empty: not known
     */
    static List<String> of(PollScan scan, Optional<PollFacts> facts, String type) {
        if (scan.capture() instanceof Capture.ByQuery) {
            List<String> lines = new ArrayList<>();
            lines.add(
                    "last_sync lies %s before the last complete poll (lookback_seconds)"
                            .formatted(words(reach(scan, facts))));
            lines.add(
                    "or before a transaction was first seen, once that has ended"
                            + (facts.filter(PollFacts::replica).isPresent()
                                    ? "\nwarning: " + REPLICA
                                    : ""));
            lines.addAll(limits(scan, facts));
            return lines;
        }
        if (!(scan.capture() instanceof Capture.ByWatermark by)) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        lines.add(lookback(by.over(facts.map(LateRows::elsewhere).orElse(false))));
        lines.add("reads again what open transactions can have written, " + patience(by));
        lines.add(firstLook(by, facts));
        if (facts.filter(PollFacts::replica).isPresent()) {
            lines.add("warning: " + REPLICA);
        }
        lines.addAll(limits(scan, facts));
        facts.flatMap(known -> sequence(scan, known)).ifPresent(w -> lines.add("warning: " + w));
        facts.flatMap(known -> WatermarkFit.warning(scan, known))
                .map(text -> "warning: " + text)
                .ifPresent(lines::add);
        TextOrder.line(scan, facts).ifPresent(lines::add);
        zone(by, facts, type).ifPresent(lines::add);
        return lines;
    }

    private static boolean elsewhere(PollFacts facts) {
        return facts.reads().stream().anyMatch(one -> one.kind().commitsElsewhere());
    }

    private static Duration reach(PollScan scan, Optional<PollFacts> facts) {
        return facts.map(known -> RelationLimits.reach(scan, known))
                .orElse(((Capture.ByQuery) scan.capture()).lookback());
    }

    private static List<String> limits(PollScan scan, Optional<PollFacts> facts) {
        return facts.map(known -> RelationLimits.of(scan, known)).orElse(List.of()).stream()
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
                                            words(by.lookback()),
                                            by.column(),
                                            by.lookback().equals(Capture.SETTLES)
                                                            || by.lookback().equals(by.settle())
                                                    ? "settle_seconds"
                                                    : "lookback_seconds");
            case INTEGER ->
                    by.lookbackValues() == 0
                            ? "no look-back: lookback_values is 0"
                            : "reads the last %d values of %s again (lookback_values), for %s, then every 10 min"
                                    .formatted(
                                            by.lookbackValues(), by.column(), words(by.lookback()));
            case STRING -> "no look-back: there are no distances between texts";
        };
    }

    private static String patience(Capture.ByWatermark by) {
        return by.maxPin().isZero()
                ? "once they have ended, however late"
                : "once they have ended, if within %s (max_pin_seconds)"
                        .formatted(words(by.maxPin()));
    }

    private static String firstLook(Capture.ByWatermark by, Optional<PollFacts> facts) {
        if (by.type() != WatermarkType.TIMESTAMP) {
            return "at the first look: once what is open has ended, everything is read again";
        }
        if (facts.isEmpty()) {
            return "at the first look: what is open counts as begun an hour before it, unless the role"
                    + " sees when";
        }
        return facts.get().seesOthers() && !facts.get().replica()
                ? "at the first look: this role sees when others began; prepared ones count as an hour"
                        + " old"
                : "at the first look: what is open counts as begun an hour before it ("
                        + (facts.get().replica()
                                ? "a standby does not tell when)"
                                : "the role has not pg_read_all_stats)");
    }

    /** What is to be said of the sequence behind a watermark; empty: nothing. */
    static Optional<String> sequence(PollScan scan, PollFacts facts) {
        boolean told =
                scan.capture() instanceof Capture.ByWatermark by
                        && facts.sequenceCache() > 1
                        && by.lookbackValues() < facts.sequenceCache();
        return told
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

    private static String words(Duration duration) {
        return PhysicalDescriber.words(duration);
    }
}
