package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.delivery.BadRowException;
import com.evolvishub.cdc.delivery.DestinationClient;
import com.evolvishub.cdc.delivery.DestinationException;
import com.evolvishub.cdc.delivery.Failure;
import com.evolvishub.cdc.delivery.FencedException;
import com.evolvishub.cdc.delivery.Lane;
import com.evolvishub.cdc.delivery.LaneOpening;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Operation;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.flow.Target;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.SqlIdentifier;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * One lane into one table. Each batch is one transaction that begins with the lane's own row, so
 * that a rival waits for it or refuses it, and that holds the rows and their last number.
 *
 * <p>Rows that come into a table that was empty when the lane was first opened go in by COPY alone;
 * from the first one on that meets an older version of itself, all are merged by key.
 */
final class PostgresClient implements DestinationClient {

    private final Pipeline pipeline;
    private final EndpointSpec endpoint;
    private volatile boolean closed;
    private volatile PostgresSession session;
    private LaneTable lanes;
    private LetterKeys letters;
    private boolean emptyAtStart;
    private RowIdentity identity = RowIdentity.NONE;
    private TableWriter writer;
    private boolean appends;

    PostgresClient(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.endpoint = pipeline.deliver().destination();
    }

    @Override
    public LaneOpening open(Lane lane) throws SQLException, DestinationException {
        PostgresSession own = session();
        lanes = new LaneTable(own, lane.identity());
        LaneTable.Taken taken = lanes.take(lane);
        letters = LetterKeys.of(own, lane.identity());
        Optional<TableDescription> table = describe();
        boolean history = lane.held() || taken.lastNumber() > 0;
        emptyAtStart =
                !history && (table.isEmpty() || new TableDescriber(own).isEmpty(table.get()));
        Target target =
                new Target(
                        table.isPresent(),
                        table.map(TableDescription::primaryKey).orElse(List.of()));
        return new LaneOpening(taken.epoch(), taken.lastNumber(), target);
    }

    private PostgresSession session() throws SQLException {
        if (session == null) {
            PostgresSession fresh = PostgresSession.open(endpoint, pipeline.mapping());
            session = fresh;
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
        Optional<TableDescription> table = describe();
        if (table.isPresent()) {
            RowIdentity told = RowIdentity.of(schema, pipeline, table.get());
            return TableCheck.problems(table.get(), schema, told);
        }
        return pipeline.deliver().createTable()
                ? List.of()
                : List.of(
                        "table %s: not there; create it, or leave out create_table: never"
                                .formatted(
                                        SqlIdentifier.quote(endpoint.schema(), endpoint.table())));
    }

    @Override
    public void prepare(RowSchema schema) throws SQLException, DestinationException {
        refuse(check(schema));
        if (describe().isEmpty()) {
            new TableCreation(session(), pipeline).create(schema);
            refuse(check(schema));
        }
        TableDescription table =
                describe().orElseThrow(() -> new SQLException("the table has just gone", "57000"));
        identity = RowIdentity.of(schema, pipeline, table);
        writer = new TableWriter(session(), table, schema, identity);
        if (identity == RowIdentity.NONE) {
            appends = true;
        } else {
            // where the table does not keep NULL out of the key, merging has to look
            appends =
                    emptyAtStart
                            && TableCheck.keyIsNotNull(table, TableCheck.keyOf(schema, identity));
            writer.prepareMerge();
        }
    }

    private static void refuse(List<String> problems) throws DestinationException {
        if (!problems.isEmpty()) {
            throw new DestinationException(String.join("\n", problems));
        }
    }

    @Override
    public void write(List<ChangeRow> rows) throws SQLException, DestinationException {
        long number = rows.get(rows.size() - 1).sequence();
        if (appends && identity != RowIdentity.NONE) {
            if (rows.stream().noneMatch(row -> row.operation() == Operation.DELETE)
                    && appendedAll(rows, number)) {
                return;
            }
            appends = false;
            emptyAtStart = false;
        }
        try {
            lanes.advance(number);
            letters.supersede(rows, identity);
            if (appends) {
                writer.append(rows);
            } else {
                writer.merge(rows);
            }
            session.commit();
        } catch (SQLException e) {
            throw rolledBack(e);
        } catch (BadRowException | FencedException e) {
            session.rollback();
            throw e;
        }
    }

    /** Whether they went in; not if one of them is there in an older version. */
    private boolean appendedAll(List<ChangeRow> rows, long number)
            throws SQLException, DestinationException {
        try {
            lanes.advance(number);
            letters.supersede(rows, identity);
            writer.append(rows);
            session.commit();
            return true;
        } catch (SQLException e) {
            if (!SqlStates.is(e, SqlStates.UNIQUE_VIOLATION)) {
                throw rolledBack(e);
            }
            session.rollback();
            return false;
        } catch (FencedException e) {
            session.rollback();
            throw e;
        }
    }

    /** Nothing was written; or, after a lost connection, only the server knows. */
    private SQLException rolledBack(SQLException failure) throws BadRowException {
        if (SqlStates.blamesRow(failure)) {
            try {
                session.rollback();
            } catch (SQLException e) {
                failure.addSuppressed(e);
                return failure;
            }
            throw new BadRowException(SqlStates.message(failure), failure);
        }
        return failure;
    }

    @Override
    public boolean keepsDeadLetters() {
        return true;
    }

    @Override
    public void writeDeadLetter(ChangeRow row, String error) throws SQLException, FencedException {
        lanes.advance(row.sequence());
        letters.supersede(List.of(row), identity);
        new DeadLetterTable(session, pipeline).write(row, identity, error);
        session.commit();
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
    public void close() {
        closed = true;
        PostgresSession held = session;
        if (held != null) {
            held.abort();
        }
    }
}
