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

/** Creates a missing destination table from the source's types, and adds missing columns. */
public final class TableCreator {

    private static final Logger LOG = LoggerFactory.getLogger(TableCreator.class);

    private static final int TRIES = 5;

    /** SQLSTATEs of a NOT NULL or CHECK constraint that existing rows violate. */
    private static final Set<String> DOMAIN_VIOLATION = Set.of("23502", "23514");

    // thrown if two sessions create the same table or type concurrently
    private static final Set<String> CREATED_CONCURRENTLY =
            Set.of("23505", "42701", "42710", "42P07");

    private final PostgresSession session;
    private final Pipeline pipeline;

    public TableCreator(PostgresSession session, Pipeline pipeline) {
        this.session = session;
        this.pipeline = pipeline;
    }

    /** Returns the problems of creating the table. Creates it and rolls back. */
    public List<String> problems(RowSchema schema) throws SQLException {
        List<String> problems = MissingTypes.of(session, schema.columns()).problems();
        if (!problems.isEmpty()) {
            return problems;
        }
        try {
            DdlLock.acquire(session);
            run(statements(schema));
            return List.of();
        } catch (DestinationException rejected) {
            return List.of(rejected.getMessage());
        } finally {
            session.rollback();
        }
    }

    public void create(RowSchema schema) throws SQLException, DestinationException {
        failOnProblems(MissingTypes.of(session, schema.columns()));
        commit(true, () -> statements(schema), Optional.of(recordCreatorSql()));
    }

    /**
     * Returns the statement that records the table that this transaction has created. A table of
     * the same name that another session created just before is not recorded.
     */
    private String recordCreatorSql() {
        EndpointSpec endpoint = pipeline.deliver().destination();
        return ("UPDATE evolvishub_cdc.lane SET created_table = made.oid FROM pg_class AS made"
                        + " WHERE identity = %s AND made.oid = to_regclass(%s)"
                        + " AND made.xmin = pg_current_xact_id()::xid")
                .formatted(
                        SqlLiteral.quote(pipeline.identity()),
                        SqlLiteral.quote(SqlIdentifier.quote(endpoint.schema(), endpoint.table())));
    }

    /** Adds columns, in a transaction of their own. Columns that exist by now are skipped. */
    public void add(TableDescription table, List<Column> columns)
            throws SQLException, DestinationException {
        MissingTypes types = MissingTypes.of(session, columns);
        failOnProblems(types);
        try {
            // no DDL lock if no types are created: waiting for a lock on this table must not block
            // pipelines that create others
            commit(
                    !types.statements().isEmpty(),
                    () -> {
                        List<String> statements =
                                new ArrayList<>(
                                        MissingTypes.inTransaction(session, columns).statements());
                        columns.forEach(
                                column ->
                                        statements.add(
                                                TableCompatibilityCheck.addition(table, column)));
                        return statements;
                    },
                    Optional.empty());
        } catch (DestinationException e) {
            throw e.getCause() instanceof SQLException rejection
                            && DOMAIN_VIOLATION.contains(rejection.getSQLState())
                            && columns.stream().anyMatch(column -> column.type().kind() == 'd')
                    ? rejectedByDomain(table, columns, rejection)
                    : e;
        }
        if (!new TableDescriptionReader(session).isEmpty(table)) {
            // also logged if a column that rows were written into was dropped or renamed
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

    /** Existing rows have no value for a new column, and its domain may reject NULL. */
    private static DestinationException rejectedByDomain(
            TableDescription table, List<Column> columns, SQLException rejection) {
        return new DestinationException(
                "%s; the rows that are there would have NULL in a new column, which its domain keeps out. Give it the type below: %s"
                        .formatted(
                                PostgresErrorClassifier.message(rejection),
                                columns.stream()
                                        .map(
                                                column ->
                                                        TableCompatibilityCheck.additionOfBase(
                                                                table, column))
                                        .collect(Collectors.joining("; "))),
                rejection);
    }

    private static void failOnProblems(MissingTypes types) throws DestinationException {
        if (!types.problems().isEmpty()) {
            throw new DestinationException(String.join("\n", types.problems()));
        }
    }

    private interface Statements {
        List<String> build() throws SQLException;
    }

    private void commit(boolean exclusive, Statements statements, Optional<String> after)
            throws SQLException, DestinationException {
        for (int left = TRIES; ; left--) {
            try {
                if (exclusive) {
                    DdlLock.acquire(session);
                }
                List<String> executed = statements.build();
                run(executed);
                if (after.isPresent()) {
                    session.execute(after.get());
                }
                session.commit();
                executed.forEach(sql -> LOG.info("{}: {}", pipeline.mapping(), sql));
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
        // a long read of the table must not make other sessions queue behind this lock request
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
                new ArrayList<>(MissingTypes.inTransaction(session, schema.columns()).statements());
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
