package com.evolvishub.cdc.planner.explain;

import com.evolvishub.cdc.planner.catalog.Catalog.ColumnOrder;
import com.evolvishub.cdc.planner.catalog.Catalog.PollFacts;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import java.util.Optional;
import java.util.Set;

/**
 * Checks the type of a watermark's column against the file. Rows are compared by the type of the
 * column, so numbers stored as text sort in an order that the user does not expect.
 */
final class WatermarkTypeNotes {

    private static final Set<String> NUMBERS =
            Set.of("smallint", "integer", "bigint", "numeric", "xid8");

    private WatermarkTypeNotes() {}

    /** How the column differs from the file's {@code type}; empty: it does not. */
    static Optional<String> warning(PollScan scan, PollFacts facts) {
        return scan.capture() instanceof Capture.ByWatermark by && by.type() != WatermarkType.STRING
                ? facts.order().flatMap(order -> warning(by, order))
                : Optional.empty();
    }

    private static Optional<String> warning(Capture.ByWatermark by, ColumnOrder order) {
        boolean asNumber = by.type() == WatermarkType.INTEGER;
        if (order.kind() != ColumnOrder.Order.NO_TEXT) {
            return Optional.of(asNumber ? numbersAsTexts(by) : timesAsTexts(by));
        }
        String type = order.description();
        boolean isNumber = NUMBERS.contains(type);
        boolean isTime = type.startsWith("timestamp") || type.equals("date");
        if (asNumber ? isNumber : isTime) {
            return Optional.empty();
        }
        String done =
                isNumber
                        ? "lookback_values (%d) is what is read again, and lookback_seconds is not used"
                                .formatted(by.lookbackValues())
                        : isTime
                                ? "lookback_seconds is what is read again, and lookback_values is not used"
                                : "there is no look-back";
        return Optional.of(
                "%s is of type %s, though the watermark block says type: %s: %s"
                        .formatted(by.column(), type, asNumber ? "integer" : "timestamp", done));
    }

    private static String numbersAsTexts(Capture.ByWatermark by) {
        return "%s holds texts, though the watermark block says type: integer. Texts are compared, and 10 is lower than 9 then: rows are missed as soon as a number has a digit more. Read the column through a view or a custom_query that casts it to a number; or, if all have the same number of digits, say type: string"
                .formatted(by.column());
    }

    private static String timesAsTexts(Capture.ByWatermark by) {
        return "%s holds texts, though the watermark block says type: timestamp. Texts are compared, there is no look-back, and rows are missed unless the order of the texts is that of the times (ISO 8601 in one zone, all of one length). Read the column through a view or a custom_query that casts it to timestamptz; or, if that is so, say type: string"
                .formatted(by.column());
    }
}
