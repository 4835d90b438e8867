package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.flow.RowSchema;

/** Rows with a key, by watermark: they are sent without waiting for a checkpoint. */
class PostgresKeyedRoundsITCase extends PostgresRoundsITCase {

    @Override
    protected String table() {
        return "CREATE TABLE orders (id bigint PRIMARY KEY, name text)";
    }

    @Override
    protected RowSchema schema() {
        return TestLane.KEYED;
    }
}
