package com.evolvishub.cdc.planner.explain;

import com.evolvishub.cdc.planner.catalog.Catalog.ColumnOrder;
import com.evolvishub.cdc.planner.catalog.Catalog.PollFacts;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.spec.WatermarkCollation;
import java.util.Optional;

/** Notes about the order in which text watermarks are compared. */
public final class CollationNotes {

    private CollationNotes() {}

    /** Why the requested order is not possible; empty: it is, or unknown. */
    public static Optional<String> refusal(PollScan scan, PollFacts facts) {
        if (!(scan.capture() instanceof Capture.ByWatermark by)
                || by.collation() == WatermarkCollation.COLUMN) {
            return Optional.empty();
        }
        return facts.order()
                .filter(
                        order ->
                                order.kind() == ColumnOrder.Order.NO_TEXT
                                        || order.kind() == ColumnOrder.Order.OTHER_TEXT)
                .map(
                        order ->
                                "%s is of type %s, which is not compared byte by byte under any collation; leave collation out, or read the column through a view that casts it to text"
                                        .formatted(by.column(), order.description()));
    }

    /** What polls may miss because of the column's collation; empty: nothing. */
    static Optional<String> warning(PollScan scan, PollFacts facts) {
        if (!(scan.capture() instanceof Capture.ByWatermark by)
                || by.collation() != WatermarkCollation.COLUMN) {
            return Optional.empty();
        }
        return facts.order().flatMap(order -> warning(by.column(), order));
    }

    private static Optional<String> warning(String column, ColumnOrder order) {
        String missed = "Values that grow in byte order (KSUID, ULID, base62) are missed then";
        return switch (order.kind()) {
            case NO_TEXT, BYTES -> Optional.empty();
            case LANGUAGE ->
                    Optional.of(
                            "%s is compared by the collation %s, whose order is not that of bytes: it may take 2Zq0a for lower than 2Zq0Z. %s; collation: C in the watermark block compares bytes"
                                    .formatted(column, order.description(), missed));
            case NONDETERMINISTIC ->
                    Optional.of(
                            "%s is compared by the collation %s, which is nondeterministic and not the order of bytes: different texts may be equal. %s; collation: C in the watermark block compares bytes"
                                    .formatted(column, order.description(), missed));
            case OTHER_TEXT ->
                    Optional.of(
                            "%s is of type %s, which is not compared byte by byte. %s; read the column through a view that casts it to text, with collation: C in the watermark block"
                                    .formatted(column, order.description(), missed));
        };
    }

    /** The effect of a requested order, else a warning about the column's collation. */
    static Optional<String> line(PollScan scan, Optional<PollFacts> facts) {
        if (scan.capture() instanceof Capture.ByWatermark by
                && by.collation() == WatermarkCollation.C) {
            return Optional.of(
                    by.column()
                            + " is compared byte by byte (collation: C), so that only an index with"
                            + " COLLATE \"C\" finds it");
        }
        return facts.flatMap(known -> warning(scan, known)).map(text -> "warning: " + text);
    }
}
