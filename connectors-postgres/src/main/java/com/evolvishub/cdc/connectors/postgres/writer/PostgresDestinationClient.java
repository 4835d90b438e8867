package com.evolvishub.cdc.connectors.postgres.writer;

import com.evolvishub.cdc.connectors.postgres.deadletter.DeadLetterKeys;
import com.evolvishub.cdc.connectors.postgres.deadletter.DeadLetterTable;
import com.evolvishub.cdc.connectors.postgres.prepared.PreparedTransactions;
import com.evolvishub.cdc.connectors.postgres.progress.LoadedKeyTable;
import com.evolvishub.cdc.connectors.postgres.progress.PostgresProgressStore;
import com.evolvishub.cdc.connectors.postgres.schema.MissingTypes;
import com.evolvishub.cdc.connectors.postgres.schema.PrivilegeCheck;
import com.evolvishub.cdc.connectors.postgres.schema.TableCompatibility;
import com.evolvishub.cdc.connectors.postgres.schema.TableCompatibilityCheck;
import com.evolvishub.cdc.connectors.postgres.schema.TableCreator;
import com.evolvishub.cdc.connectors.postgres.session.DestinationConnectionPermit;
import com.evolvishub.cdc.connectors.postgres.session.PostgresErrorClassifier;
import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import com.evolvishub.cdc.connectors.postgres.table.RowKeyKind;
import com.evolvishub.cdc.connectors.postgres.table.TableDescription;
import com.evolvishub.cdc.connectors.postgres.table.TableDescriptionReader;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import com.evolvishub.cdc.runtime.pipeline.DestinationDescription;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.failure.FailureKind;
import com.evolvishub.cdc.sink.failure.FencedException;
import com.evolvishub.cdc.sink.failure.RowRejectedException;
import com.evolvishub.cdc.sink.progress.Progress;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import com.evolvishub.cdc.sink.spi.DestinationClient;
import com.evolvishub.cdc.sink.spi.ExtraRows;
import com.evolvishub.cdc.sink.spi.KeyComparison;
import com.evolvishub.cdc.sink.spi.RecoveredProgress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one pipeline to one table. Each batch is one transaction that first locks the pipeline's
 * progress row, so that a concurrent writer waits or is fenced. It holds the rows and their last
 * sequence number.
 *
 * <p>If the table was empty when the pipeline was first opened, rows are written by COPY alone.
 * Once a row exists in an older version, all rows are merged by key.
 *
 * <p>The next batch detects a changed table and reads its description again.
 */
public final class PostgresDestinationClient implements DestinationClient {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresDestinationClient.class);

    private final Pipeline pipeline;
    private final EndpointSpec endpoint;
    private final DestinationConnectionPermit permit;
    private final SkippedRowCounter skipped;
    private volatile boolean closed;
    private volatile PostgresSession session;
    private PostgresProgressStore progressStore;
    private DeadLetterKeys deadLetterKeys;
    private final PostgresTargetVerifier targetVerifier;
    private SQLException tableFailure;
    private long lastSequence;
    private OptionalLong effectiveSequence = OptionalLong.empty();
    private boolean emptyAtStart;
    private RowKeyKind keyKind = RowKeyKind.NONE;
    private RowSchema prepared;
    private TableDescription table;
    private TableWriter writer;
    private boolean appends;
    private Optional<LoadedKeyTable> loadedKeys = Optional.empty();

    public PostgresDestinationClient(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.endpoint = pipeline.deliver().destination();
        this.permit = new DestinationConnectionPermit(endpoint);
        this.targetVerifier = new PostgresTargetVerifier(pipeline);
        this.skipped = new SkippedRowCounter(pipeline.mapping());
    }

    @Override
    public RecoveredProgress open(WriterIdentity writerIdentity)
            throws SQLException, DestinationException {
        PostgresSession connected = session();
        progressStore = new PostgresProgressStore(connected, writerIdentity.identity());
        PostgresProgressStore.Takeover takeover = progressStore.takeOver(writerIdentity);
        deadLetterKeys = DeadLetterKeys.load(connected, writerIdentity.identity());
        Optional<TableDescription> found = describe();
        lastSequence = takeover.progress().lastSequence();
        Progress progress =
                targetVerifier.effectiveProgress(connected, takeover.progress(), writerIdentity);
        effectiveSequence =
                progress.lastSequence() < lastSequence
                        ? OptionalLong.of(progress.lastSequence())
                        : OptionalLong.empty();
        boolean hasHistory = writerIdentity.heldBefore() || progress.lastSequence() > 0;
        emptyAtStart =
                !hasHistory
                        && (found.isEmpty()
                                || new TableDescriptionReader(connected).isEmpty(found.get()));
        return new RecoveredProgress(takeover.epoch(), progress, target(found));
    }

    @Override
    public Optional<Progress> progress() throws SQLException {
        Progress found = new PostgresProgressStore(session(), pipeline.identity()).progress();
        lastSequence = found.lastSequence();
        return Optional.of(found);
    }

    @Override
    public void expectProgress(Progress acknowledged) {
        targetVerifier.expectProgress(acknowledged);
    }

    @Override
    public String targetId() {
        return targetVerifier.targetId();
    }

    @Override
    public Duration writeTimeout() {
        return PostgresSession.responseTimeout(endpoint.connection());
    }

    @Override
    public DestinationDescription describeDestination() throws SQLException {
        return target(describe());
    }

    private static DestinationDescription target(Optional<TableDescription> found) {
        return new DestinationDescription(
                found.isPresent(), found.map(TableDescription::primaryKey).orElse(List.of()));
    }

    private PostgresSession session() throws SQLException {
        if (session == null) {
            permit.acquire();
            PostgresSession fresh = PostgresSession.open(endpoint, pipeline.mapping());
            session = fresh;
            permit.reportMaxConnections(fresh.maxConnections());
            if (closed) {
                fresh.abort();
                throw new SQLException("closed");
            }
        }
        return session;
    }

    private Optional<TableDescription> describe() throws SQLException {
        return new TableDescriptionReader(session()).describe(endpoint);
    }

    @Override
    public List<String> check(RowSchema schema) throws SQLException {
        Optional<TableDescription> found = describe();
        List<String> problems = new ArrayList<>();
        if (pipeline.deliver().mode() == DeliveryMode.TRANSACTIONAL) {
            PreparedTransactions.problem(session()).ifPresent(problems::add);
        }
        targetVerifier.problem(session()).ifPresent(problems::add);
        if (found.isPresent()) {
            TableCompatibility fit = TableCompatibilityCheck.fit(found.get(), schema, pipeline);
            problems.addAll(fit.problems());
            problems.addAll(MissingTypes.of(session(), fit.additions()).problems());
            TableCompatibilityCheck.missingPrivileges(session(), found.get(), fit, pipeline)
                    .ifPresent(problems::add);
        } else if (pipeline.deliver().createTable()) {
            problems.addAll(new TableCreator(session(), pipeline).problems(schema));
        } else {
            problems.add(missingTableMessage());
        }
        problems.addAll(new PrivilegeCheck(session()).inDatabase());
        session().rollback();
        return problems;
    }

    @Override
    public List<String> notes(RowSchema schema) throws SQLException {
        List<String> notes = new ArrayList<>();
        if (session().isPooled()) {
            notes.add(
                    "a connection pooler stands in between: each batch sets its transaction up and"
                            + " makes its temporary tables anew, so rows are written more slowly"
                            + " than over a direct connection, and a writer that was displaced is"
                            + " shut out by its epoch alone");
        }
        describe()
                .map(found -> TableCompatibilityCheck.fit(found, schema, pipeline).notes())
                .ifPresent(notes::addAll);
        return notes;
    }

    private String missingTableMessage() {
        return "table %s: not there; create it, or leave out create_table: never"
                .formatted(SqlIdentifier.quote(endpoint.schema(), endpoint.table()));
    }

    @Override
    public void prepare(RowSchema schema) throws SQLException, DestinationException {
        prepared = schema;
        targetVerifier.verify(session());
        TableCreator creator = new TableCreator(session(), pipeline);
        Optional<TableDescription> found = describe();
        if (found.isEmpty()) {
            if (!pipeline.deliver().createTable()) {
                throw new DestinationException(missingTableMessage());
            }
            creator.create(schema);
        } else {
            TableCompatibility fit = TableCompatibilityCheck.fit(found.get(), schema, pipeline);
            failOn(fit.problems());
            if (!fit.additions().isEmpty()) {
                creator.add(found.get(), fit.additions());
            }
        }
        // reads the fingerprint before everything that depends on it, so that a change in between
        // is detected
        String shape = TableWriter.shape(session(), requireTable());
        targetVerifier.verify(session());
        table = requireTable();
        // with transactional delivery there is no progress store here: its own writer records the
        // table
        if (progressStore != null) {
            progressStore.recordTarget(table.quoted(), effectiveSequence);
            lastSequence = effectiveSequence.orElse(lastSequence);
            effectiveSequence = OptionalLong.empty();
        }
        TableCompatibility fit = TableCompatibilityCheck.fit(table, schema, pipeline);
        failOn(fit.problems());
        fit.notes().forEach(note -> LOG.warn("{}: {}", pipeline.mapping(), note));
        keyKind = RowKeyKind.of(schema, pipeline, table);
        writer = new TableWriter(session(), table, fit, keyKind, shape);
        if (keyKind == RowKeyKind.NONE) {
            appends = true;
            if (table.rules().rowSecurity()) {
                writer.prepareMerge();
            }
        } else {
            // if the table allows NULL in the key, a merge has to check for it
            appends =
                    emptyAtStart
                            // a policy may hide existing rows
                            && !table.rules().rowSecurity()
                            && TableCompatibilityCheck.keyIsNotNull(
                                    table, TableCompatibilityCheck.keyOf(schema, keyKind));
            writer.prepareMerge();
        }
        if (loadedKeys.isPresent()) {
            // the table was changed during a load
            recordKeys(loadedKeys.get());
        }
    }

    private void recordKeys(LoadedKeyTable keys) throws SQLException {
        if (keyKind == RowKeyKind.NONE) {
            keys.drop();
            loadedKeys = Optional.empty();
            return;
        }
        // keys are recorded from the temporary table, which only a merge fills
        appends = false;
        writer.recordKeysIn(keys.table());
        loadedKeys = Optional.of(keys);
    }

    private TableDescription requireTable() throws SQLException {
        return describe().orElseThrow(() -> new SQLException("the table has just gone", "57000"));
    }

    private static void failOn(List<String> problems) throws DestinationException {
        if (!problems.isEmpty()) {
            throw new DestinationException(String.join("\n", problems));
        }
    }

    @Override
    public Optional<KeyComparison> keyComparison() {
        return prepared != null && keyKind == RowKeyKind.NONE
                ? Optional.empty()
                : Optional.of(new TableComparison());
    }

    private List<TableDescription.TableColumn> keyColumns() {
        return TableCompatibilityCheck.keyOf(prepared, keyKind).stream()
                .map(column -> table.column(column).orElseThrow())
                .toList();
    }

    private LoadedKeyTable loadedKeyTable() {
        return new LoadedKeyTable(
                session,
                pipeline.identity(),
                SqlIdentifier.quote(endpoint.schema(), endpoint.table()));
    }

    /** Compares the table with the keys that were merged into it. */
    private final class TableComparison implements KeyComparison {
        @Override
        public RecordingStatus startRecording(String load, boolean begins) throws SQLException {
            LoadedKeyTable keys = loadedKeyTable();
            RecordingStatus status =
                    keys.startRecording(load, begins, writer == null ? List.of() : keyColumns());
            if (status.kind() == Kind.NOTES && writer != null) {
                recordKeys(keys);
            }
            return status;
        }

        @Override
        public void giveUp() throws SQLException {
            loadedKeyTable().drop();
        }

        @Override
        public ExtraRows compare(String load, Predicate<ExtraRows> deletes)
                throws SQLException, DestinationException {
            // for a large table it takes longer than any batch
            session.setResponseTimeout(Duration.ZERO);
            progressStore.advance(lastSequence, lastSequence);
            ExtraRows found = loadedKeyTable().compare(load, deletes);
            session.setResponseTimeout(writeTimeout());
            loadedKeys = Optional.empty();
            if (writer != null) {
                writer.stopRecordingKeys();
            }
            return found;
        }
    }

    @Override
    public void write(List<ChangeRow> rows) throws SQLException, DestinationException {
        if (!tryWrite(rows)) {
            prepare(prepared);
            if (!tryWrite(rows)) {
                throw tableFailure != null
                        ? tableFailure
                        : new SQLException("the table keeps changing", "57000");
            }
        }
    }

    /**
     * Writes a batch.
     *
     * @return false: the table has changed since it was prepared; nothing was written
     */
    private boolean tryWrite(List<ChangeRow> rows) throws SQLException, DestinationException {
        permit.touch();
        tableFailure = null;
        long last = rows.get(rows.size() - 1).sequence();
        if (appends && keyKind != RowKeyKind.NONE) {
            if (rows.stream().noneMatch(row -> row.operation() == Operation.DELETE)) {
                try {
                    return commit(rows, last);
                } catch (SQLException e) {
                    // one of the rows exists in an older version
                    if (!PostgresErrorClassifier.is(e, PostgresErrorClassifier.UNIQUE_VIOLATION)) {
                        throw asRejectionIfRow(e);
                    }
                }
            }
            appends = false;
            emptyAtStart = false;
        }
        try {
            return commit(rows, last);
        } catch (SQLException e) {
            throw asRejectionIfRow(e);
        }
    }

    /**
     * Writes and commits a batch. After a failure nothing was written, except that the outcome is
     * unknown after a lost connection.
     */
    private boolean commit(List<ChangeRow> rows, long last)
            throws SQLException, DestinationException {
        try {
            progressStore.advance(lastSequence, last);
            boolean unchanged = writer.isUnchanged();
            if (unchanged) {
                deadLetterKeys.supersede(rows, keyKind);
                if (appends) {
                    writer.append(rows);
                } else {
                    writer.merge(rows);
                }
                session.commit();
                lastSequence = last;
                targetVerifier.delivered(last);
                skipped.add(writer.skipped(), table.quoted());
            } else {
                session.rollback();
            }
            return unchanged;
        } catch (SQLException e) {
            rollback(e);
            if (PostgresErrorClassifier.isTableChanged(e)) {
                tableFailure = e;
                return false;
            }
            throw e;
        } catch (RowRejectedException | FencedException e) {
            session.rollback();
            throw e;
        }
    }

    private void rollback(SQLException failure) throws SQLException {
        try {
            session.rollback();
        } catch (SQLException e) {
            failure.addSuppressed(e);
            throw failure;
        }
    }

    /** Returns the failure, or throws a rejection if the rows caused it. */
    private SQLException asRejectionIfRow(SQLException failure)
            throws SQLException, RowRejectedException {
        if (!PostgresErrorClassifier.isRowRejected(failure)) {
            return failure;
        }
        throw ViolatedConstraint.rejection(session, failure);
    }

    @Override
    public long rowsSkipped() {
        return skipped.ofLastBatch();
    }

    @Override
    public boolean supportsDeadLetters() {
        return true;
    }

    @Override
    public void writeDeadLetter(ChangeRow row, String error) throws SQLException, FencedException {
        progressStore.advance(lastSequence, row.sequence());
        deadLetterKeys.supersede(List.of(row), keyKind);
        new DeadLetterTable(session, pipeline).write(row, keyKind, error);
        if (loadedKeys.isPresent()) {
            loadedKeys.get().recordDeadLetter();
        }
        session.commit();
        lastSequence = row.sequence();
        DeadLetterKeys.keyText(row, keyKind).ifPresent(deadLetterKeys::add);
    }

    @Override
    public FailureKind classify(Exception failure) {
        return PostgresErrorClassifier.classify(failure);
    }

    @Override
    public boolean upserts(RowSchema schema) {
        return schema.isKeyed() || keyKind == RowKeyKind.ROW_ID;
    }

    @Override
    public void onReleaseRequested(Runnable callback) {
        permit.onReleaseRequested(callback);
    }

    @Override
    public void close() {
        closed = true;
        PostgresSession held = session;
        if (held != null) {
            held.abort();
        }
        permit.close();
    }
}
