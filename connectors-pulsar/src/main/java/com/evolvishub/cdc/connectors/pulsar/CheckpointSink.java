package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.planner.physical.Pipeline;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A two-phase sink by Pulsar's transactions: one transaction for all partitions, from one
 * checkpoint to the next. Rows keep their order, and none is written twice: see {@link
 * CheckpointWriter}.
 */
final class CheckpointSink implements Sink<ChangeRow>, SupportsCommitter<OpenTransaction> {
    private static final long serialVersionUID = 1L;

    private final Pipeline pipeline;

    CheckpointSink(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    @Override
    public SinkWriter<ChangeRow> createWriter(WriterInitContext context) {
        return new CheckpointWriter(new PulsarTarget(pipeline));
    }

    @Deprecated
    @Override
    public SinkWriter<ChangeRow> createWriter(InitContext context) {
        return new CheckpointWriter(new PulsarTarget(pipeline));
    }

    @Override
    public Committer<OpenTransaction> createCommitter(CommitterInitContext context) {
        return new CheckpointCommitter(new PulsarTarget(pipeline));
    }

    @Override
    public SimpleVersionedSerializer<OpenTransaction> getCommittableSerializer() {
        return new OpenTransactionSerializer();
    }
}
