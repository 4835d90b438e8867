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
 * One lane into one table. Each batch is one transaction that begins with the lane's own row, so
 * that a rival waits for it or refuses it, and that holds the rows and their last number.
 *
 * <p>Rows that come into a table that was empty when the lane was first opened go in by COPY alone;
 * from the first one on that meets an older version of itself, all are merged by key.
 *
 * <p>A table that was changed under the lane is noticed by the next batch and looked at anew.
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
    private DeadLetterKeys letters;
    private final PostgresTargetVerifier targetVerifier;
    private SQLException tableFailure;
    private long number;
    private OptionalLong effectiveSequence = OptionalLong.empty();
    private boolean emptyAtStart;
    private RowKeyKind identity = RowKeyKind.NONE;
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
    public RecoveredProgress open(WriterIdentity lane) throws SQLException, DestinationException {
        PostgresSession own = session();
        progressStore = new PostgresProgressStore(own, lane.identity());
        PostgresProgressStore.Takeover taken = progressStore.takeOver(lane);
        letters = DeadLetterKeys.load(own, lane.identity());
        Optional<TableDescription> found = describe();
        number = taken.progress().lastSequence();
        Progress progress = targetVerifier.effectiveProgress(own, taken.progress(), lane);
        effectiveSequence =
                progress.lastSequence() < number
                        ? OptionalLong.of(progress.lastSequence())
                        : OptionalLong.empty();
        boolean history = lane.heldBefore() || progress.lastSequence() > 0;
        emptyAtStart =
                !history
                        && (found.isEmpty()
                                || new TableDescriptionReader(own).isEmpty(found.get()));
        return new RecoveredProgress(taken.epoch(), progress, target(found));
    }

    @Override
    public Optional<Progress> progress() throws SQLException {
        Progress found = new PostgresProgressStore(session(), pipeline.identity()).progress();
        number = found.lastSequence();
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
            TableCompatibilityCheck.rights(session(), found.get(), fit, pipeline)
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
        TableCreator creation = new TableCreator(session(), pipeline);
        Optional<TableDescription> found = describe();
        if (found.isEmpty()) {
            if (!pipeline.deliver().createTable()) {
                throw new DestinationException(missingTableMessage());
            }
            creation.create(schema);
        } else {
            TableCompatibility fit = TableCompatibilityCheck.fit(found.get(), schema, pipeline);
            failOn(fit.problems());
            if (!fit.additions().isEmpty()) {
                creation.add(found.get(), fit.additions());
            }
        }
        // first the shape, then all that is made for it: what changes in between is noticed
        String shape = TableWriter.shape(session(), requireTable());
        targetVerifier.verify(session());
        table = requireTable();
        // transactional delivery takes no lane here: its own writer notes the table
        if (progressStore != null) {
            progressStore.recordTarget(table.quoted(), effectiveSequence);
            number = effectiveSequence.orElse(number);
            effectiveSequence = OptionalLong.empty();
        }
        TableCompatibility fit = TableCompatibilityCheck.fit(table, schema, pipeline);
        failOn(fit.problems());
        fit.notes().forEach(note -> LOG.warn("{}: {}", pipeline.mapping(), note));
        identity = RowKeyKind.of(schema, pipeline, table);
        writer = new TableWriter(session(), table, fit, identity, shape);
        if (identity == RowKeyKind.NONE) {
            appends = true;
            if (table.rules().rowSecurity()) {
                writer.prepareMerge();
            }
        } else {
            // where the table does not keep NULL out of the key, merging has to look
            appends =
                    emptyAtStart
                            // what a policy hides may be there
                            && !table.rules().rowSecurity()
                            && TableCompatibilityCheck.keyIsNotNull(
                                    table, TableCompatibilityCheck.keyOf(schema, identity));
            writer.prepareMerge();
        }
        if (loadedKeys.isPresent()) {
            // the table was changed in the middle of a load
            recordKeys(loadedKeys.get());
        }
    }

    private void recordKeys(LoadedKeyTable keys) throws SQLException {
        if (identity == RowKeyKind.NONE) {
            keys.drop();
            loadedKeys = Optional.empty();
            return;
        }
        // only rows that pass a temporary table have their keys at hand
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
        return prepared != null && identity == RowKeyKind.NONE
                ? Optional.empty()
                : Optional.of(new TableComparison());
    }

    private List<TableDescription.TableColumn> keyColumns() {
        return TableCompatibilityCheck.keyOf(prepared, identity).stream()
                .map(column -> table.column(column).orElseThrow())
                .toList();
    }

    private LoadedKeyTable loaded() {
        return new LoadedKeyTable(
                session,
                pipeline.identity(),
                SqlIdentifier.quote(endpoint.schema(), endpoint.table()));
    }

    /** Of the table with what was merged into it. */
    private final class TableComparison implements KeyComparison {
        @Override
        public RecordingStatus startRecording(String load, boolean begins) throws SQLException {
            LoadedKeyTable keys = loaded();
            RecordingStatus noting =
                    keys.startRecording(load, begins, writer == null ? List.of() : keyColumns());
            if (noting.kind() == Kind.NOTES && writer != null) {
                recordKeys(keys);
            }
            return noting;
        }

        @Override
        public void giveUp() throws SQLException {
            loaded().drop();
        }

        @Override
        public ExtraRows compare(String load, Predicate<ExtraRows> deletes)
                throws SQLException, DestinationException {
            // over a large table it takes longer than any batch
            session.setResponseTimeout(Duration.ZERO);
            progressStore.advance(number, number);
            ExtraRows found = loaded().compare(load, deletes);
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
     * @return false: the table is no longer what was prepared for; nothing was written
     */
    private boolean tryWrite(List<ChangeRow> rows) throws SQLException, DestinationException {
        permit.touch();
        tableFailure = null;
        long last = rows.get(rows.size() - 1).sequence();
        if (appends && identity != RowKeyKind.NONE) {
            if (rows.stream().noneMatch(row -> row.operation() == Operation.DELETE)) {
                try {
                    return commit(rows, last);
                } catch (SQLException e) {
                    // one of them is there in an older version
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

    /** After a failure nothing was written; or, after a lost connection, only the server knows. */
    private boolean commit(List<ChangeRow> rows, long last)
            throws SQLException, DestinationException {
        try {
            progressStore.advance(number, last);
            boolean fits = writer.isUnchanged();
            if (fits) {
                letters.supersede(rows, identity);
                if (appends) {
                    writer.append(rows);
                } else {
                    writer.merge(rows);
                }
                session.commit();
                number = last;
                targetVerifier.delivered(last);
                skipped.add(writer.skipped(), table.quoted());
            } else {
                session.rollback();
            }
            return fits;
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

    /** The failure, or the rows if they are to blame. */
    private SQLException asRejectionIfRow(SQLException failure)
            throws SQLException, RowRejectedException {
        if (!PostgresErrorClassifier.isRowRejected(failure)) {
            return failure;
        }
        throw ViolatedConstraint.refusal(session, failure);
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
        progressStore.advance(number, row.sequence());
        letters.supersede(List.of(row), identity);
        new DeadLetterTable(session, pipeline).write(row, identity, error);
        if (loadedKeys.isPresent()) {
            loadedKeys.get().recordDeadLetter();
        }
        session.commit();
        number = row.sequence();
        DeadLetterKeys.keyText(row, identity).ifPresent(letters::add);
    }

    @Override
    public FailureKind classify(Exception failure) {
        return PostgresErrorClassifier.classify(failure);
    }

    @Override
    public boolean upserts(RowSchema schema) {
        return schema.isKeyed() || identity == RowKeyKind.ROW_ID;
    }

    @Override
    public void onReleaseRequested(Runnable leave) {
        permit.onReleaseRequested(leave);
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
