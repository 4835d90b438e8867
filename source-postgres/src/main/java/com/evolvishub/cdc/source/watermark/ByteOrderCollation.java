package com.evolvishub.cdc.source.watermark;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.spec.WatermarkCollation;
import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.source.session.SourceException;

/** Compares watermarks byte by byte, whatever the collation of their column. */
public final class ByteOrderCollation {

    // pg_type.oid of the built-in types
    private static final int NAME = 19;
    private static final int TEXT = 25;
    private static final int BPCHAR = 1042;
    private static final int VARCHAR = 1043;

    private ByteOrderCollation() {}

    public static boolean isChosen(Capture.ByWatermark by) {
        return by.collation() == WatermarkCollation.C;
    }

    /** The COLLATE clause after the watermark in comparisons. */
    public static String collate(Capture.ByWatermark by) {
        return isChosen(by) ? " COLLATE \"C\"" : "";
    }

    /**
     * Rejects types without a byte order.
     *
     * @param type the watermark's base type
     */
    public static void check(Capture.ByWatermark by, SqlType type) {
        if (!isChosen(by)) {
            return;
        }
        switch (type.oid()) {
            case NAME, TEXT, BPCHAR, VARCHAR -> {}
            default ->
                    throw SourceException.permanent(
                            "watermark.collation",
                            "%s is of type %s, which is not compared byte by byte under any collation; leave collation out, or read the column through a view that casts it to text"
                                    .formatted(by.column(), type.name()));
        }
    }
}
