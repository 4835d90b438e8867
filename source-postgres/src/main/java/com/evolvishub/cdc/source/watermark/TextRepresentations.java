package com.evolvishub.cdc.source.watermark;

import com.evolvishub.cdc.runtime.row.SqlType;

/** Whether the database may take two texts of a type for equal that are not the same text. */
public final class TextRepresentations {

    private TextRepresentations() {}

    /** Of a watermark's type; one that has distances is told apart by these. */
    public static boolean mayDiffer(SqlType type, WatermarkScale scale) {
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
