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
 * Writes the rows of a lane in one transaction a checkpoint, and prepares it at the barrier. The
 * transaction holds the lane's own row, so that a writer that lives on by mistake is shut out.
 *
 * <p>To be made after what a checkpoint holds was committed: what is prepared then is rolled back,
 * since no checkpoint holds it. Used by the task's thread, which waits in here.
 */
public final class PostgresTransactionWriter
        implements StatefulSinkWriter<ChangeRow, WriterEpoch>,
                CommittingSinkWriter<ChangeRow, PreparedTransaction> {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresTransactionWriter.class);

    private static final int BATCH_ROWS = 5_000;
    private static final long BATCH_BYTES = 1 << 20;

    private final Pipeline pipeline;
    private final WriterIdentity lane;
    private final PostgresSession session;
    private final PreparedTransactions transactions;
    private final PostgresProgressStore progressStore;
    private final DeadLetterKeys letters;
    private final long epoch;
    private final SkippedRowCounter skipped;
    private final List<ChangeRow> batch = new ArrayList<>();
    private long weight;
    private boolean begun;
    private RowSchema schema;
    private RowKeyKind identity;
    private TableDescription table;
    private TableWriter writer;
    private ArrayMergeWriter merge;

    private PostgresTransactionWriter(
            Pipeline pipeline, WriterIdentity lane, PostgresSession session)
            throws SQLException, DestinationException {
        this.pipeline = pipeline;
        this.lane = lane;
        this.session = session;
        this.skipped = new SkippedRowCounter(pipeline.mapping());
        Optional<String> problem = PreparedTransactions.problem(session);
        if (problem.isPresent()) {
            throw new DestinationException(problem.get());
        }
        // whoever else locks rows of the table must not hold up the job's checkpoints for ever
        session.execute("SET lock_timeout = '60s'");
        session.commit();
        progressStore = new PostgresProgressStore(session, lane.identity());
        progressStore.requireTakeoverAllowed(lane);
        transactions = new PreparedTransactions(session, lane.identity());
        int left = transactions.rollBackLeftover();
        if (left > 0) {
            LOG.info(
                    "{}: rolled back {} prepared transactions that no checkpoint holds",
                    pipeline.mapping(),
                    left);
        }
        epoch = progressStore.takeOver(lane).epoch();
        letters = DeadLetterKeys.load(session, lane.identity());
    }

    /** Connects, clears away what was left, and takes the lane. */
    public static PostgresTransactionWriter open(Pipeline pipeline, WriterIdentity lane)
            throws IOException {
        PostgresSession session = null;
        try {
            session = PostgresSession.open(pipeline.deliver().destination(), pipeline.mapping());
            return new PostgresTransactionWriter(pipeline, lane, session);
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

    /** The lane has made or changed the table by now, and has no rows under way. */
    private void prepareFor(RowSchema next) throws IOException {
        if (begun) {
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
            identity = RowKeyKind.of(next, pipeline, table);
            writer = new TableWriter(session, table, fit, identity, shape);
            merge = new ArrayMergeWriter(session, table, fit, identity);
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
            if (!begun && !writer.isUnchanged()) {
                throw new DestinationException("the table has been changed; it is looked at anew");
            }
            begun = true;
            letters.supersede(batch, identity);
            write();
            batch.clear();
            weight = 0;
        } catch (SQLException | DestinationException e) {
            throw failed(pipeline, e);
        }
    }

    private void write() throws SQLException, DestinationException {
        if (identity == RowKeyKind.NONE && !table.rules().rowSecurity()) {
            writer.append(batch);
            skipped.add(writer.skipped(), table.quoted());
            return;
        }
        if (identity == RowKeyKind.NONE) {
            merge.append(batch);
        } else {
            merge.merge(batch);
        }
        skipped.add(merge.skipped(), table.quoted());
    }

    @Override
    public Collection<PreparedTransaction> prepareCommit() throws IOException {
        flush(false);
        if (!begun) {
            return List.of();
        }
        try {
            PreparedTransaction prepared = transactions.prepare(lane.run());
            begun = false;
            return List.of(prepared);
        } catch (SQLException e) {
            throw failed(pipeline, e);
        }
    }

    @Override
    public List<WriterEpoch> snapshotState(long checkpointId) {
        return List.of(new WriterEpoch(lane.run(), epoch));
    }

    @Override
    public void close() {
        session.abort();
    }
}
