package com.evolvishub.cdc.connectors.pulsar.transactional;

import com.evolvishub.cdc.connectors.pulsar.session.PulsarEndpoint;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A two-phase-commit sink with Pulsar's transactions: one transaction for all partitions, from one
 * checkpoint to the next. Keeps the order of rows and duplicates none: see {@link
 * PulsarTransactionWriter}.
 */
final class PulsarTransactionSink implements Sink<ChangeRow>, SupportsCommitter<PulsarCommittable> {
    private static final long serialVersionUID = 1L;

    private final Pipeline pipeline;

    PulsarTransactionSink(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    @Override
    public SinkWriter<ChangeRow> createWriter(WriterInitContext context) {
        return new PulsarTransactionWriter(new PulsarEndpoint(pipeline));
    }

    @Deprecated
    @Override
    public SinkWriter<ChangeRow> createWriter(InitContext context) {
        return new PulsarTransactionWriter(new PulsarEndpoint(pipeline));
    }

    @Override
    public Committer<PulsarCommittable> createCommitter(CommitterInitContext context) {
        return new PulsarTransactionCommitter(new PulsarEndpoint(pipeline));
    }

    @Override
    public SimpleVersionedSerializer<PulsarCommittable> getCommittableSerializer() {
        return new PulsarCommittableSerializer();
    }
}
