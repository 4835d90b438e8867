package com.evolvishub.cdc.connectors.pulsar.transactional;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.spi.TransactionalSinkFactory;
import org.apache.flink.api.connector.sink2.Sink;

/** Creates the sink that writes all rows of a checkpoint in one Pulsar transaction. */
public final class PulsarTransactionalSinkFactory implements TransactionalSinkFactory {

    private final Pipeline pipeline;

    public PulsarTransactionalSinkFactory(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    @Override
    public Sink<ChangeRow> create(RestoreMode restoreMode) {
        return new PulsarTransactionSink(pipeline);
    }
}
