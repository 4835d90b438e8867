package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.delivery.TransactionalSink;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Resumption;
import com.evolvishub.cdc.planner.physical.Pipeline;
import org.apache.flink.api.connector.sink2.Sink;

/**
 * All rows of a checkpoint in one transaction that the server keeps for us until it is complete.
 */
final class PostgresTransactions implements TransactionalSink {

    private final Pipeline pipeline;

    PostgresTransactions(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    @Override
    public Sink<ChangeRow> build(Resumption resumption) {
        return new PreparedSink(pipeline, resumption);
    }

    @Override
    public boolean locksRows() {
        return true;
    }
}
