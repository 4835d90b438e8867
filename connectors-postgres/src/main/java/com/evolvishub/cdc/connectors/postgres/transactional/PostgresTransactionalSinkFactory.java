package com.evolvishub.cdc.connectors.postgres.transactional;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.spi.TransactionalSinkFactory;
import org.apache.flink.api.connector.sink2.Sink;

/**
 * Delivers all rows of a checkpoint in one prepared transaction, which the server keeps until the
 * checkpoint is complete.
 */
public final class PostgresTransactionalSinkFactory implements TransactionalSinkFactory {

    private final Pipeline pipeline;

    public PostgresTransactionalSinkFactory(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    @Override
    public Sink<ChangeRow> create(RestoreMode restoreMode) {
        return new PostgresTransactionSink(pipeline, restoreMode);
    }

    @Override
    public boolean locksRows() {
        return true;
    }
}
