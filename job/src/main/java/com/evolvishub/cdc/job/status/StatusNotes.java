package com.evolvishub.cdc.job.status;

import java.util.ArrayList;
import java.util.List;

/** Notes on a mapping that are not errors. */
public final class StatusNotes {

    private StatusNotes() {}

    /** One line on the pinned low watermark; empty: no transaction pins it. */
    public static String lowWatermark(MappingStatus mapping) {
        // the name of a prepared transaction may contain control characters
        return mapping.lowWatermark().replaceAll("\\p{Cntrl}", "?");
    }

    /** All notes, one line each. */
    static List<String> of(MappingStatus mapping) {
        List<String> notes = new ArrayList<>();
        if (!mapping.lowWatermark().isEmpty()) {
            notes.add(lowWatermark(mapping));
        }
        if (mapping.nullWatermarks() > 0) {
            notes.add(rows(mapping.nullWatermarks()) + " without a watermark (null_watermark)");
        }
        if (mapping.futureWatermarks() > 0) {
            notes.add(
                    rows(mapping.futureWatermarks())
                            + " from the future: sent, and read again until the source's clock has"
                            + " reached them");
        }
        if (mapping.watermarkGranuleSeconds() > 0) {
            notes.add(
                    "all watermarks are whole %ss: each poll reads one more of them again than the look-back"
                            .formatted(unit(mapping.watermarkGranuleSeconds())));
        }
        if (mapping.deletesUnconfirmed() > 0) {
            notes.add(
                    rows(mapping.deletesUnconfirmed())
                            + " missing from the last read, deleted if the next one misses them too");
        }
        if (mapping.rowsSkipped() > 0) {
            notes.add(
                    rows(mapping.rowsSkipped())
                            + " left out by the destination without an error: a trigger returned"
                            + " NULL, or row-level security hides them");
        }
        if (mapping.rowsDeadLettered() > 0) {
            notes.add(rows(mapping.rowsDeadLettered()) + " put among the dead letters so far");
        }
        if (mapping.extraRows() > 0) {
            notes.add(
                    rows(mapping.extraRows())
                            + " at the destination that the last --reset did not load and did not"
                            + " delete; the log says why, and --reset with --delete-extra deletes"
                            + " them");
        }
        return notes;
    }

    private static String unit(long seconds) {
        return switch ((int) seconds) {
            case 60 -> "minute";
            case 3600 -> "hour";
            case 86_400 -> "day";
            default -> "second";
        };
    }

    private static String rows(long count) {
        return TableFormatter.count(count) + (count == 1 ? " row" : " rows");
    }
}
