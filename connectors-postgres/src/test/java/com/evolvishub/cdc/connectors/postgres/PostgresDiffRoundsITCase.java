package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.flow.RowSchema;

/** Rows with a key that a diff reads: some are changed, some deleted. */
class PostgresDiffRoundsITCase extends PostgresRoundsITCase {

    @Override
    protected String table() {
        return "CREATE TABLE orders (id bigint PRIMARY KEY, name text)";
    }

    @Override
    protected RowSchema schema() {
        return TestLane.KEYED;
    }

    @Override
    protected TestLane lane() {
        return super.lane().byDiff();
    }
}
