package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.delivery.TransactionalSink;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Resumption;
import com.evolvishub.cdc.planner.physical.Pipeline;
import org.apache.flink.api.connector.sink2.Sink;

/** All rows of a checkpoint in one transaction of Pulsar's. */
final class PulsarTransactions implements TransactionalSink {

    private final Pipeline pipeline;

    PulsarTransactions(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    @Override
    public Sink<ChangeRow> build(Resumption resumption) {
        return new CheckpointSink(pipeline);
    }
}
