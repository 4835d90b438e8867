package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.delivery.BadRowException;
import com.evolvishub.cdc.delivery.DestinationClient;
import com.evolvishub.cdc.delivery.DestinationException;
import com.evolvishub.cdc.delivery.ExtraRows;
import com.evolvishub.cdc.delivery.Failure;
import com.evolvishub.cdc.delivery.FencedException;
import com.evolvishub.cdc.delivery.KeyComparison;
import com.evolvishub.cdc.delivery.Lane;
import com.evolvishub.cdc.delivery.LaneOpening;
import com.evolvishub.cdc.delivery.Progress;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Operation;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.flow.Target;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.SqlIdentifier;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
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
final class PostgresClient implements DestinationClient {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresClient.class);

    private final Pipeline pipeline;
    private final EndpointSpec endpoint;
    private final DestinationSeat seat;
    private final SkippedRows skipped;
    private volatile boolean closed;
    private volatile PostgresSession session;
    private LaneTable lanes;
    private LetterKeys letters;
    private final TableGuard guard;
    private SQLException tableFailure;
    private long number;
    private OptionalLong counted = OptionalLong.empty();
    private boolean emptyAtStart;
    private RowIdentity identity = RowIdentity.NONE;
    private RowSchema prepared;
    private TableDescription table;
    private TableWriter writer;
    private boolean appends;
    private Optional<LoadedKeys> loadedKeys = Optional.empty();

    PostgresClient(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.endpoint = pipeline.deliver().destination();
        this.seat = new DestinationSeat(endpoint);
        this.guard = new TableGuard(pipeline);
        this.skipped = new SkippedRows(pipeline.mapping());
    }

    @Override
    public LaneOpening open(Lane lane) throws SQLException, DestinationException {
        PostgresSession own = session();
        lanes = new LaneTable(own, lane.identity());
        LaneTable.Taken taken = lanes.take(lane);
        letters = LetterKeys.of(own, lane.identity());
        Optional<TableDescription> found = describe();
        number = taken.progress().number();
        Progress progress = guard.counted(own, taken.progress(), lane);
        counted =
                progress.number() < number
                        ? OptionalLong.of(progress.number())
                        : OptionalLong.empty();
        boolean history = lane.held() || progress.number() > 0;
        emptyAtStart =
                !history && (found.isEmpty() || new TableDescriber(own).isEmpty(found.get()));
        return new LaneOpening(taken.epoch(), progress, target(found));
    }

    @Override
    public Optional<Progress> progress() throws SQLException {
        Progress found = new LaneTable(session(), pipeline.identity()).progress();
        number = found.number();
        return Optional.of(found);
    }

    @Override
    public void expect(Progress acknowledged) {
        guard.expect(acknowledged);
    }

    @Override
    public String targetIdentity() {
        return guard.identity();
    }

    @Override
    public Duration writeTimeout() {
        return PostgresSession.timeForAnAnswer(endpoint.connection());
    }

    @Override
    public Target target() throws SQLException {
        return target(describe());
    }

    private static Target target(Optional<TableDescription> found) {
        return new Target(
                found.isPresent(), found.map(TableDescription::primaryKey).orElse(List.of()));
    }

    private PostgresSession session() throws SQLException {
        if (session == null) {
            seat.take();
            PostgresSession fresh = PostgresSession.open(endpoint, pipeline.mapping());
            session = fresh;
            seat.serverTakes(fresh.serverTakes());
            if (closed) {
                fresh.abort();
                throw new SQLException("closed");
            }
        }
        return session;
    }

    private Optional<TableDescription> describe() throws SQLException {
        return new TableDescriber(session()).describe(endpoint);
    }

    @Override
    public List<String> check(RowSchema schema) throws SQLException {
        Optional<TableDescription> found = describe();
        List<String> problems = new ArrayList<>();
        if (pipeline.deliver().mode() == DeliveryMode.TRANSACTIONAL) {
            PreparedTransactions.problem(session()).ifPresent(problems::add);
        }
        guard.problem(session()).ifPresent(problems::add);
        if (found.isPresent()) {
            TableFit fit = TableCheck.fit(found.get(), schema, pipeline);
            problems.addAll(fit.problems());
            problems.addAll(MissingTypes.of(session(), fit.additions()).problems());
            TableCheck.rights(session(), found.get(), fit, pipeline).ifPresent(problems::add);
        } else if (pipeline.deliver().createTable()) {
            problems.addAll(new TableCreation(session(), pipeline).problems(schema));
        } else {
            problems.add(notThere());
        }
        problems.addAll(new MissingRights(session()).inDatabase());
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
                .map(found -> TableCheck.fit(found, schema, pipeline).notes())
                .ifPresent(notes::addAll);
        return notes;
    }

    private String notThere() {
        return "table %s: not there; create it, or leave out create_table: never"
                .formatted(SqlIdentifier.quote(endpoint.schema(), endpoint.table()));
    }

    @Override
    public void prepare(RowSchema schema) throws SQLException, DestinationException {
        prepared = schema;
        guard.admit(session());
        TableCreation creation = new TableCreation(session(), pipeline);
        Optional<TableDescription> found = describe();
        if (found.isEmpty()) {
            if (!pipeline.deliver().createTable()) {
                throw new DestinationException(notThere());
            }
            creation.create(schema);
        } else {
            TableFit fit = TableCheck.fit(found.get(), schema, pipeline);
            refuse(fit.problems());
            if (!fit.additions().isEmpty()) {
                creation.add(found.get(), fit.additions());
            }
        }
        // first the shape, then all that is made for it: what changes in between is noticed
        String shape = TableWriter.shape(session(), there());
        guard.admit(session());
        table = there();
        // transactional delivery takes no lane here: its own writer notes the table
        if (lanes != null) {
            lanes.writesTo(table.quoted(), counted);
            number = counted.orElse(number);
            counted = OptionalLong.empty();
        }
        TableFit fit = TableCheck.fit(table, schema, pipeline);
        refuse(fit.problems());
        fit.notes().forEach(note -> LOG.warn("{}: {}", pipeline.mapping(), note));
        identity = RowIdentity.of(schema, pipeline, table);
        writer = new TableWriter(session(), table, fit, identity, shape);
        if (identity == RowIdentity.NONE) {
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
                            && TableCheck.keyIsNotNull(table, TableCheck.keyOf(schema, identity));
            writer.prepareMerge();
        }
        if (loadedKeys.isPresent()) {
            // the table was changed in the middle of a load
            noteKeys(loadedKeys.get());
        }
    }

    private void noteKeys(LoadedKeys keys) throws SQLException {
        if (identity == RowIdentity.NONE) {
            keys.giveUp();
            loadedKeys = Optional.empty();
            return;
        }
        // only rows that pass a temporary table have their keys at hand
        appends = false;
        writer.noteKeysIn(keys.table());
        loadedKeys = Optional.of(keys);
    }

    private TableDescription there() throws SQLException {
        return describe().orElseThrow(() -> new SQLException("the table has just gone", "57000"));
    }

    private static void refuse(List<String> problems) throws DestinationException {
        if (!problems.isEmpty()) {
            throw new DestinationException(String.join("\n", problems));
        }
    }

    @Override
    public Optional<KeyComparison> keyComparison() {
        return prepared != null && identity == RowIdentity.NONE
                ? Optional.empty()
                : Optional.of(new TableComparison());
    }

    private List<TableDescription.TableColumn> keyColumns() {
        return TableCheck.keyOf(prepared, identity).stream()
                .map(column -> table.column(column).orElseThrow())
                .toList();
    }

    private LoadedKeys loaded() {
        return new LoadedKeys(
                session,
                pipeline.identity(),
                SqlIdentifier.quote(endpoint.schema(), endpoint.table()));
    }

    /** Of the table with what was merged into it. */
    private final class TableComparison implements KeyComparison {
        @Override
        public Noting note(String load, boolean begins) throws SQLException {
            LoadedKeys keys = loaded();
            Noting noting = keys.note(load, begins, writer == null ? List.of() : keyColumns());
            if (noting.kind() == Kind.NOTES && writer != null) {
                noteKeys(keys);
            }
            return noting;
        }

        @Override
        public void giveUp() throws SQLException {
            loaded().giveUp();
        }

        @Override
        public ExtraRows compare(String load, Predicate<ExtraRows> deletes)
                throws SQLException, DestinationException {
            // over a large table it takes longer than any batch
            session.awaitAnswersFor(Duration.ZERO);
            lanes.advance(number, number);
            ExtraRows found = loaded().compare(load, deletes);
            session.awaitAnswersFor(writeTimeout());
            loadedKeys = Optional.empty();
            if (writer != null) {
                writer.noteNoKeys();
            }
            return found;
        }
    }

    @Override
    public void write(List<ChangeRow> rows) throws SQLException, DestinationException {
        if (!written(rows)) {
            prepare(prepared);
            if (!written(rows)) {
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
    private boolean written(List<ChangeRow> rows) throws SQLException, DestinationException {
        seat.used();
        tableFailure = null;
        long last = rows.get(rows.size() - 1).sequence();
        if (appends && identity != RowIdentity.NONE) {
            if (rows.stream().noneMatch(row -> row.operation() == Operation.DELETE)) {
                try {
                    return commit(rows, last);
                } catch (SQLException e) {
                    // one of them is there in an older version
                    if (!SqlStates.is(e, SqlStates.UNIQUE_VIOLATION)) {
                        throw blamed(e);
                    }
                }
            }
            appends = false;
            emptyAtStart = false;
        }
        try {
            return commit(rows, last);
        } catch (SQLException e) {
            throw blamed(e);
        }
    }

    /** After a failure nothing was written; or, after a lost connection, only the server knows. */
    private boolean commit(List<ChangeRow> rows, long last)
            throws SQLException, DestinationException {
        try {
            lanes.advance(number, last);
            boolean fits = writer.fitsStill();
            if (fits) {
                letters.supersede(rows, identity);
                if (appends) {
                    writer.append(rows);
                } else {
                    writer.merge(rows);
                }
                session.commit();
                number = last;
                guard.delivered(last);
                skipped.add(writer.skipped(), table.quoted());
            } else {
                session.rollback();
            }
            return fits;
        } catch (SQLException e) {
            rollback(e);
            if (SqlStates.blamesTable(e)) {
                tableFailure = e;
                return false;
            }
            throw e;
        } catch (BadRowException | FencedException e) {
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
    private SQLException blamed(SQLException failure) throws SQLException, BadRowException {
        if (!SqlStates.blamesRow(failure)) {
            return failure;
        }
        throw ViolatedConstraint.refusal(session, failure);
    }

    @Override
    public long rowsSkipped() {
        return skipped.ofLastBatch();
    }

    @Override
    public boolean keepsDeadLetters() {
        return true;
    }

    @Override
    public void writeDeadLetter(ChangeRow row, String error) throws SQLException, FencedException {
        lanes.advance(number, row.sequence());
        letters.supersede(List.of(row), identity);
        new DeadLetterTable(session, pipeline).write(row, identity, error);
        if (loadedKeys.isPresent()) {
            loadedKeys.get().putAside();
        }
        session.commit();
        number = row.sequence();
        LetterKeys.keyText(row, identity).ifPresent(letters::add);
    }

    @Override
    public Failure classify(Exception failure) {
        return SqlStates.classify(failure);
    }

    @Override
    public boolean upserts(RowSchema schema) {
        return schema.isKeyed() || identity == RowIdentity.ROW_ID;
    }

    @Override
    public void whenWanted(Runnable leave) {
        seat.whenWanted(leave);
    }

    @Override
    public void close() {
        closed = true;
        PostgresSession held = session;
        if (held != null) {
            held.abort();
        }
        seat.close();
    }
}
