package com.evolvishub.cdc.connectors.postgres.table;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.row.RowSchema;

/** How rows of a schema are identified in the destination table. */
public enum RowKeyKind {
    /** By key columns of their own. */
    KEY,
    /** By a row id that we generate, in a column of ours; for a comparison without a key. */
    ROW_ID,
    /** Not at all: rows are appended. */
    NONE;

    /** The column that holds the row id. */
    public static final String ROW_ID_COLUMN = "_cdc_row";

    /**
     * Returns the row key kind for a table. A comparison without a key needs our row id column,
     * which tables that we did not create rarely have.
     */
    public static RowKeyKind of(RowSchema schema, Pipeline pipeline, TableDescription table) {
        if (schema.isKeyed()) {
            return KEY;
        }
        return comparesWithoutKey(schema, pipeline) && table.column(ROW_ID_COLUMN).isPresent()
                ? ROW_ID
                : NONE;
    }

    public static boolean comparesWithoutKey(RowSchema schema, Pipeline pipeline) {
        return !schema.isKeyed() && pipeline.scan().capture() instanceof Capture.ByDiff;
    }
}
