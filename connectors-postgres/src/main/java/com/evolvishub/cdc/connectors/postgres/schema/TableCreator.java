package com.evolvishub.cdc.connectors.postgres.schema;

import com.evolvishub.cdc.connectors.postgres.session.DdlLock;
import com.evolvishub.cdc.connectors.postgres.session.PostgresErrorClassifier;
import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import com.evolvishub.cdc.connectors.postgres.table.RowKeyKind;
import com.evolvishub.cdc.connectors.postgres.table.TableDescription;
import com.evolvishub.cdc.connectors.postgres.table.TableDescriptionReader;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import com.evolvishub.cdc.planner.sql.SqlLiteral;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.failure.FailureKind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a missing destination table from the source's types, or columns that a table lacks. */
public final class TableCreator {

    private static final Logger LOG = LoggerFactory.getLogger(TableCreator.class);

    private static final int TRIES = 5;

    /** A domain's NOT NULL or CHECK, of rows that are there. */
    private static final Set<String> DOMAIN_REFUSED = Set.of("23502", "23514");

    // what two run into that make one table or one type at a time
    private static final Set<String> CREATED_CONCURRENTLY =
            Set.of("23505", "42701", "42710", "42P07");

    private final PostgresSession session;
    private final Pipeline pipeline;

    public TableCreator(PostgresSession session, Pipeline pipeline) {
        this.session = session;
        this.pipeline = pipeline;
    }

    /** What would keep the table from being made. It is tried and taken back. */
    public List<String> problems(RowSchema schema) throws SQLException {
        List<String> problems = MissingTypes.of(session, schema.columns()).problems();
        if (!problems.isEmpty()) {
            return problems;
        }
        try {
            DdlLock.acquire(session);
            run(statements(schema));
            return List.of();
        } catch (DestinationException refused) {
            return List.of(refused.getMessage());
        } finally {
            session.rollback();
        }
    }

    public void create(RowSchema schema) throws SQLException, DestinationException {
        refuse(MissingTypes.of(session, schema.columns()));
        commit(true, () -> statements(schema), Optional.of(recordCreator()));
    }

    /** The table that this very transaction has made, and nobody else just before. */
    private String recordCreator() {
        EndpointSpec endpoint = pipeline.deliver().destination();
        return ("UPDATE evolvishub_cdc.lane SET created_table = made.oid FROM pg_class AS made"
                        + " WHERE identity = %s AND made.oid = to_regclass(%s)"
                        + " AND made.xmin = pg_current_xact_id()::xid")
                .formatted(
                        SqlLiteral.quote(pipeline.identity()),
                        SqlLiteral.quote(SqlIdentifier.quote(endpoint.schema(), endpoint.table())));
    }

    /** Adds columns, in a transaction of their own. Those that are there by now are let be. */
    public void add(TableDescription table, List<Column> columns)
            throws SQLException, DestinationException {
        MissingTypes types = MissingTypes.of(session, columns);
        refuse(types);
        try {
            // whoever waits for somebody's lock on this table must not hold up those that make
            // others
            commit(
                    !types.statements().isEmpty(),
                    () -> {
                        List<String> statements =
                                new ArrayList<>(MissingTypes.within(session, columns).statements());
                        columns.forEach(
                                column ->
                                        statements.add(
                                                TableCompatibilityCheck.addition(table, column)));
                        return statements;
                    },
                    Optional.empty());
        } catch (DestinationException e) {
            throw e.getCause() instanceof SQLException refusal
                            && DOMAIN_REFUSED.contains(refusal.getSQLState())
                            && columns.stream().anyMatch(column -> column.type().kind() == 'd')
                    ? refusedByDomain(table, columns, refusal)
                    : e;
        }
        if (!new TableDescriptionReader(session).isEmpty(table)) {
            // also where somebody has dropped or renamed a column that rows were written into
            LOG.warn(
                    "{}: {} got {}: NULL in the rows that are there, until each of them changes at"
                            + " the source or is sent anew (--reset {} sends all)",
                    pipeline.mapping(),
                    table.quoted(),
                    columns.stream()
                            .map(column -> SqlIdentifier.quote(column.target()))
                            .collect(Collectors.joining(", ")),
                    pipeline.mapping());
        }
    }

    /** No row that is there has a value for a new column, and a domain may refuse NULL. */
    private static DestinationException refusedByDomain(
            TableDescription table, List<Column> columns, SQLException refusal) {
        return new DestinationException(
                "%s; the rows that are there would have NULL in a new column, which its domain keeps out. Give it the type below: %s"
                        .formatted(
                                PostgresErrorClassifier.message(refusal),
                                columns.stream()
                                        .map(
                                                column ->
                                                        TableCompatibilityCheck.additionOfBase(
                                                                table, column))
                                        .collect(Collectors.joining("; "))),
                refusal);
    }

    private static void refuse(MissingTypes types) throws DestinationException {
        if (!types.problems().isEmpty()) {
            throw new DestinationException(String.join("\n", types.problems()));
        }
    }

    private interface Statements {
        List<String> now() throws SQLException;
    }

    private void commit(boolean oneAtATime, Statements statements, Optional<String> note)
            throws SQLException, DestinationException {
        for (int left = TRIES; ; left--) {
            try {
                if (oneAtATime) {
                    DdlLock.acquire(session);
                }
                List<String> made = statements.now();
                run(made);
                if (note.isPresent()) {
                    session.execute(note.get());
                }
                session.commit();
                made.forEach(sql -> LOG.info("{}: {}", pipeline.mapping(), sql));
                return;
            } catch (SQLException e) {
                session.rollback();
                if (left == 0 || !CREATED_CONCURRENTLY.contains(e.getSQLState())) {
                    throw e;
                }
            } catch (DestinationException e) {
                session.rollback();
                throw e;
            }
        }
    }

    private void run(List<String> statements) throws SQLException, DestinationException {
        // whoever reads the table for long must not hold up all others behind us
        session.execute("SET LOCAL lock_timeout = '5s'");
        for (String sql : statements) {
            try {
                session.execute(sql);
            } catch (SQLException e) {
                if (PostgresErrorClassifier.classify(e) == FailureKind.TRANSIENT
                        || CREATED_CONCURRENTLY.contains(e.getSQLState())) {
                    throw e;
                }
                throw new DestinationException(
                        "%s; mend that, or have this run: %s"
                                .formatted(
                                        PostgresErrorClassifier.message(e),
                                        String.join("; ", statements)),
                        e);
            }
        }
    }

    private List<String> statements(RowSchema schema) throws SQLException {
        List<String> statements =
                new ArrayList<>(MissingTypes.within(session, schema.columns()).statements());
        EndpointSpec endpoint = pipeline.deliver().destination();
        String table = SqlIdentifier.quote(endpoint.schema(), endpoint.table());
        List<String> lines = new ArrayList<>();
        for (Column column : schema.columns()) {
            lines.add(
                    SqlIdentifier.quote(column.target())
                            + " "
                            + DestinationColumnTypes.created(column.type()));
        }
        if (RowKeyKind.comparesWithoutKey(schema, pipeline)) {
            lines.add(RowKeyKind.ROW_ID_COLUMN + " bytea PRIMARY KEY");
        }
        if (schema.isKeyed()) {
            lines.add(
                    schema.keyColumns().stream()
                            .map(column -> SqlIdentifier.quote(column.target()))
                            .collect(Collectors.joining(", ", "PRIMARY KEY (", ")")));
        }
        statements.add(
                "CREATE TABLE IF NOT EXISTS %s (%s)".formatted(table, String.join(", ", lines)));
        return statements;
    }
}
