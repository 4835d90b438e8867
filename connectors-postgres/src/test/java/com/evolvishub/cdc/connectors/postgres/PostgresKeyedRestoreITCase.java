package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.sink.contract.TestPipeline;

/** Restores with keyed rows in watermark mode, which are sent without waiting for a checkpoint. */
class PostgresKeyedRestoreITCase extends PostgresRestoreITCase {

    @Override
    protected String table() {
        return "CREATE TABLE orders (id bigint PRIMARY KEY, name text)";
    }

    @Override
    protected RowSchema schema() {
        return TestPipeline.KEYED;
    }
}
