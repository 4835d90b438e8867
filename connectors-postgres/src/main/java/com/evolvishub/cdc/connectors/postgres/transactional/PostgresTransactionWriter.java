package com.evolvishub.cdc.connectors.postgres.transactional;

import com.evolvishub.cdc.connectors.postgres.deadletter.DeadLetterKeys;
import com.evolvishub.cdc.connectors.postgres.prepared.PreparedTransaction;
import com.evolvishub.cdc.connectors.postgres.prepared.PreparedTransactions;
import com.evolvishub.cdc.connectors.postgres.progress.PostgresProgressStore;
import com.evolvishub.cdc.connectors.postgres.schema.TableCompatibility;
import com.evolvishub.cdc.connectors.postgres.schema.TableCompatibilityCheck;
import com.evolvishub.cdc.connectors.postgres.session.PostgresErrorClassifier;
import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import com.evolvishub.cdc.connectors.postgres.table.RowKeyKind;
import com.evolvishub.cdc.connectors.postgres.table.TableDescription;
import com.evolvishub.cdc.connectors.postgres.table.TableDescriptionReader;
import com.evolvishub.cdc.connectors.postgres.writer.ArrayMergeWriter;
import com.evolvishub.cdc.connectors.postgres.writer.SkippedRowCounter;
import com.evolvishub.cdc.connectors.postgres.writer.TableWriter;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the rows of a pipeline in one transaction per checkpoint, and prepares it at the barrier.
 * The transaction locks the pipeline's progress row, which fences stale writers.
 *
 * <p>Must be created after the transactions of the restored checkpoint were committed: leftover
 * prepared transactions are rolled back, since no checkpoint holds them. Used by the task's thread,
 * which blocks in here.
 */
public final class PostgresTransactionWriter
        implements StatefulSinkWriter<ChangeRow, WriterEpoch>,
                CommittingSinkWriter<ChangeRow, PreparedTransaction> {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresTransactionWriter.class);

    private static final int BATCH_ROWS = 5_000;
    private static final long BATCH_BYTES = 1 << 20;

    private final Pipeline pipeline;
    private final WriterIdentity identity;
    private final PostgresSession session;
    private final PreparedTransactions transactions;
    private final PostgresProgressStore progressStore;
    private final DeadLetterKeys deadLetterKeys;
    private final long epoch;
    private final SkippedRowCounter skipped;
    private final List<ChangeRow> batch = new ArrayList<>();
    private long weight;
    private boolean transactionOpen;
    private RowSchema schema;
    private RowKeyKind keyKind;
    private TableDescription table;
    private TableWriter writer;
    private ArrayMergeWriter merge;

    private PostgresTransactionWriter(
            Pipeline pipeline, WriterIdentity identity, PostgresSession session)
            throws SQLException, DestinationException {
        this.pipeline = pipeline;
        this.identity = identity;
        this.session = session;
        this.skipped = new SkippedRowCounter(pipeline.mapping());
        Optional<String> problem = PreparedTransactions.problem(session);
        if (problem.isPresent()) {
            throw new DestinationException(problem.get());
        }
        // another session that locks rows of the table must not block checkpoints forever
        session.execute("SET lock_timeout = '60s'");
        session.commit();
        progressStore = new PostgresProgressStore(session, identity.identity());
        progressStore.requireTakeoverAllowed(identity);
        transactions = new PreparedTransactions(session, identity.identity());
        int rolledBack = transactions.rollBackLeftover();
        if (rolledBack > 0) {
            LOG.info(
                    "{}: rolled back {} prepared transactions that no checkpoint holds",
                    pipeline.mapping(),
                    rolledBack);
        }
        epoch = progressStore.takeOver(identity).epoch();
        deadLetterKeys = DeadLetterKeys.load(session, identity.identity());
    }

    /** Connects, rolls back leftover transactions and takes over the pipeline. */
    public static PostgresTransactionWriter open(Pipeline pipeline, WriterIdentity identity)
            throws IOException {
        PostgresSession session = null;
        try {
            session = PostgresSession.open(pipeline.deliver().destination(), pipeline.mapping());
            return new PostgresTransactionWriter(pipeline, identity, session);
        } catch (SQLException | DestinationException e) {
            if (session != null) {
                session.abort();
            }
            throw failed(pipeline, e);
        }
    }

    private static IOException failed(Pipeline pipeline, Exception e) {
        String cause =
                e instanceof SQLException sql
                        ? PostgresErrorClassifier.message(sql)
                        : e.getMessage();
        return new IOException("%s: destination: %s".formatted(pipeline.mapping(), cause), e);
    }

    @Override
    public void write(ChangeRow row, Context context) throws IOException {
        if (!row.schema().equals(schema)) {
            flush(false);
            prepareFor(row.schema());
        }
        batch.add(row);
        weight += row.weight();
        if (batch.size() >= BATCH_ROWS || weight >= BATCH_BYTES) {
            flush(false);
        }
    }

    /** The pipeline has created or changed the table before, and no rows are in flight. */
    private void prepareFor(RowSchema next) throws IOException {
        if (transactionOpen) {
            throw new IllegalStateException("rows of another schema are not committed yet");
        }
        try {
            table =
                    new TableDescriptionReader(session)
                            .describe(pipeline.deliver().destination())
                            .orElseThrow(() -> new SQLException("the table has just gone"));
            String shape = TableWriter.shape(session, table);
            progressStore.recordTarget(table.quoted());
            TableCompatibility fit = TableCompatibilityCheck.fit(table, next, pipeline);
            if (!fit.problems().isEmpty()) {
                throw new DestinationException(String.join("\n", fit.problems()));
            }
            keyKind = RowKeyKind.of(next, pipeline, table);
            writer = new TableWriter(session, table, fit, keyKind, shape);
            merge = new ArrayMergeWriter(session, table, fit, keyKind);
            schema = next;
        } catch (SQLException | DestinationException e) {
            throw failed(pipeline, e);
        }
    }

    @Override
    public void flush(boolean endOfInput) throws IOException {
        if (batch.isEmpty()) {
            return;
        }
        try {
            progressStore.advance(batch.get(batch.size() - 1).sequence());
            if (!transactionOpen && !writer.isUnchanged()) {
                throw new DestinationException("the table has been changed; it is looked at anew");
            }
            transactionOpen = true;
            deadLetterKeys.supersede(batch, keyKind);
            write();
            batch.clear();
            weight = 0;
        } catch (SQLException | DestinationException e) {
            throw failed(pipeline, e);
        }
    }

    private void write() throws SQLException, DestinationException {
        if (keyKind == RowKeyKind.NONE && !table.rules().rowSecurity()) {
            writer.append(batch);
            skipped.add(writer.skipped(), table.quoted());
            return;
        }
        if (keyKind == RowKeyKind.NONE) {
            merge.append(batch);
        } else {
            merge.merge(batch);
        }
        skipped.add(merge.skipped(), table.quoted());
    }

    @Override
    public Collection<PreparedTransaction> prepareCommit() throws IOException {
        flush(false);
        if (!transactionOpen) {
            return List.of();
        }
        try {
            PreparedTransaction prepared = transactions.prepare(identity.run());
            transactionOpen = false;
            return List.of(prepared);
        } catch (SQLException e) {
            throw failed(pipeline, e);
        }
    }

    @Override
    public List<WriterEpoch> snapshotState(long checkpointId) {
        return List.of(new WriterEpoch(identity.run(), epoch));
    }

    @Override
    public void close() {
        session.abort();
    }
}
