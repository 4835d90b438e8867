package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.sink.contract.TestPipeline;

/** Restores with keyed rows in diff mode, which also updates and deletes rows. */
class PostgresDiffRestoreITCase extends PostgresRestoreITCase {

    @Override
    protected String table() {
        return "CREATE TABLE orders (id bigint PRIMARY KEY, name text)";
    }

    @Override
    protected RowSchema schema() {
        return TestPipeline.KEYED;
    }

    @Override
    protected TestPipeline lane() {
        return super.lane().byDiff();
    }
}
