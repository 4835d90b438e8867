package com.evolvishub.cdc.connectors.postgres.transactional;

import com.evolvishub.cdc.connectors.postgres.prepared.PreparedTransaction;
import com.evolvishub.cdc.connectors.postgres.prepared.PreparedTransactionSerializer;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A two-phase-commit sink over prepared transactions: rows are written and prepared before a
 * barrier, and committed when its checkpoint is complete. Delivery is exactly once: a prepared
 * transaction survives a failure of task and server, and transactions that no completed checkpoint
 * holds are rolled back at the next start.
 */
final class PostgresTransactionSink
        implements Sink<ChangeRow>,
                SupportsWriterState<ChangeRow, WriterEpoch>,
                SupportsCommitter<PreparedTransaction> {
    private static final long serialVersionUID = 1L;

    private final Pipeline pipeline;
    private final RestoreMode restoreMode;

    PostgresTransactionSink(Pipeline pipeline, RestoreMode restoreMode) {
        this.pipeline = pipeline;
        this.restoreMode = restoreMode;
    }

    @Override
    public SinkWriter<ChangeRow> createWriter(WriterInitContext context) throws IOException {
        return restoreWriter(context, List.of());
    }

    @Deprecated
    @Override
    public SinkWriter<ChangeRow> createWriter(InitContext context) throws IOException {
        return writer(context.getJobInfo().getJobId(), List.of());
    }

    @Override
    public PostgresTransactionWriter restoreWriter(
            WriterInitContext context, Collection<WriterEpoch> restored) throws IOException {
        return writer(context.getJobInfo().getJobId(), restored);
    }

    private PostgresTransactionWriter writer(JobID job, Collection<WriterEpoch> restored)
            throws IOException {
        String run = job.toHexString();
        long epoch =
                restored.stream()
                        .filter(each -> each.run().equals(run))
                        .mapToLong(WriterEpoch::epoch)
                        .max()
                        .orElse(0);
        return PostgresTransactionWriter.open(
                pipeline,
                new WriterIdentity(
                        pipeline.identity(),
                        run,
                        UUID.randomUUID().toString(),
                        host(),
                        pipeline.mapping(),
                        false,
                        epoch));
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    @Override
    public SimpleVersionedSerializer<WriterEpoch> getWriterStateSerializer() {
        return new WriterEpochSerializer();
    }

    @Override
    public Committer<PreparedTransaction> createCommitter(CommitterInitContext context) {
        return new PostgresTransactionCommitter(
                pipeline,
                context.getJobInfo().getJobId().toHexString(),
                restoreMode == RestoreMode.RESET);
    }

    @Override
    public SimpleVersionedSerializer<PreparedTransaction> getCommittableSerializer() {
        return new PreparedTransactionSerializer();
    }
}
