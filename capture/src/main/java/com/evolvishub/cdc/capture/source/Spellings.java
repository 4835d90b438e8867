package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.watermark.WatermarkScale;
import com.evolvishub.cdc.flow.SqlType;

/** Whether the database may take two texts of a type for equal that are not the same text. */
final class Spellings {

    private Spellings() {}

    /** Of a watermark's type; one that has distances is told apart by these. */
    static boolean mayDiffer(SqlType type, WatermarkScale scale) {
        if (scale.hasDistances() || type.kind() == 'e') {
            return false;
        }
        // pg_type.oid of the built-in types whose values have one text each: bool, bytea, oid,
        // cidr, inet, time, uuid, pg_lsn. Not text: its collation may be nondeterministic
        return switch (type.oid()) {
            case 16, 17, 26, 650, 869, 1083, 2950, 3220 -> false;
            default -> true;
        };
    }
}
