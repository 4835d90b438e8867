package com.evolvishub.cdc.source.watermark;

import com.evolvishub.cdc.runtime.row.SqlType;

/** Whether the database may treat two different texts of a type as equal. */
public final class TextRepresentations {

    private TextRepresentations() {}

    /** For a watermark's type. One with distances is compared by its value on the scale. */
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
