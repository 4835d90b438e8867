package com.evolvishub.cdc.connectors.postgres.table;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.row.RowSchema;

/** By what rows of a schema are told apart in the destination table. */
public enum RowKeyKind {
    /** Columns of their own. */
    KEY,
    /** An id of ours in a column of ours, for a comparison without a key. */
    ROW_ID,
    /** Nothing: rows are appended. */
    NONE;

    /** The column that holds an id of ours. */
    public static final String ROW_ID_COLUMN = "_cdc_row";

    /**
     * What a table can be asked for: a keyless comparison needs our column, which tables that we
     * did not make seldom have.
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
