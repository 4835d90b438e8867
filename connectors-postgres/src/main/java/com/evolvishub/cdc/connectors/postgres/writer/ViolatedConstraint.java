package com.evolvishub.cdc.connectors.postgres.writer;

import com.evolvishub.cdc.connectors.postgres.session.PostgresErrorClassifier;
import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import com.evolvishub.cdc.sink.failure.ConstraintViolationException;
import com.evolvishub.cdc.sink.failure.RowRejectedException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * A constraint or unique index that rejects a row because of other rows, and advice how to accept
 * such rows. Rows that are valid together may arrive one after another, and the server checks a
 * unique index after each row, unless it belongs to a deferrable constraint.
 *
 * @param schema schema of its table
 * @param table its table
 * @param name its own name
 */
record ViolatedConstraint(String schema, String table, String name) {

    private static final Set<String> STATES =
            // foreign key, unique, exclusion
            Set.of("23503", PostgresErrorClassifier.UNIQUE_VIOLATION, "23P01");

    private static final String SELECT =
            """
            SELECT c.contype, pg_get_constraintdef(c.oid) AS definition,
                   coalesce(c.condeferrable, false) AS deferrable,
                   i.indpred IS NOT NULL OR i.indexprs IS NOT NULL AS special,
                   r.relispartition AS partition,
                   EXISTS (SELECT FROM pg_constraint f
                           WHERE f.contype = 'f' AND f.conindid = i.indexrelid
                             AND f.confrelid = r.oid) AS referenced
            FROM pg_class r
            LEFT JOIN pg_constraint c ON c.conrelid = r.oid AND c.conname = ?
            LEFT JOIN pg_index i ON i.indrelid = r.oid
                 AND i.indexrelid = to_regclass(?)
            WHERE r.oid = to_regclass(?) AND (c.oid IS NOT NULL OR i.indexrelid IS NOT NULL)\
            """;

    /** Returns the constraint that a failure reports; empty: no constraint between rows. */
    static Optional<ViolatedConstraint> of(SQLException failure) {
        if (!(failure instanceof PSQLException postgres)
                || !STATES.contains(String.valueOf(failure.getSQLState()))) {
            return Optional.empty();
        }
        ServerErrorMessage server = postgres.getServerErrorMessage();
        if (server == null || server.getConstraint() == null || server.getTable() == null) {
            return Optional.empty();
        }
        return Optional.of(
                new ViolatedConstraint(
                        server.getSchema(), server.getTable(), server.getConstraint()));
    }

    /** Returns the rejection of a row, with its remedy. Uses a transaction of its own. */
    static RowRejectedException rejection(PostgresSession session, SQLException failure)
            throws SQLException {
        Optional<ViolatedConstraint> violated = of(failure);
        if (violated.isEmpty()) {
            return new RowRejectedException(PostgresErrorClassifier.message(failure), failure);
        }
        return new ConstraintViolationException(
                PostgresErrorClassifier.message(failure) + violated.get().advice(session),
                failure,
                violated.get().quoted() + " " + violated.get().name());
    }

    private String quoted() {
        return SqlIdentifier.quote(schema, table);
    }

    /** Returns text to append to the server's message; empty: no advice. */
    private String advice(PostgresSession session) throws SQLException {
        try (PreparedStatement select = session.connection().prepareStatement(SELECT)) {
            select.setString(1, name);
            select.setString(2, SqlIdentifier.quote(schema, name));
            select.setString(3, quoted());
            try (ResultSet row = select.executeQuery()) {
                if (!row.next() || row.getBoolean("deferrable") || row.getBoolean("partition")) {
                    return "";
                }
                return advice(row);
            }
        } finally {
            session.rollback();
        }
    }

    private String advice(ResultSet row) throws SQLException {
        String quotedName = SqlIdentifier.quote(name);
        String kind = row.getString("contype");
        if ("f".equals(kind)) {
            return "; if the rows that it needs come later, ALTER TABLE %s ALTER CONSTRAINT %s DEFERRABLE"
                    .formatted(quoted(), quotedName);
        }
        if (row.getBoolean("referenced")) {
            return "; if rows trade this value among themselves, it would have to be DEFERRABLE,"
                    + " which it cannot be as long as foreign keys refer to it";
        }
        if (row.getBoolean("special")) {
            return "; if rows trade this value among themselves, they cannot come as long as index %s is there: one with a WHERE or on an expression cannot be DEFERRABLE"
                    .formatted(SqlIdentifier.quote(schema, name));
        }
        return kind == null
                ? "; if rows trade this value among themselves, ALTER TABLE %s ADD CONSTRAINT %s UNIQUE USING INDEX %s DEFERRABLE"
                        .formatted(quoted(), quotedName, quotedName)
                : "; if rows trade this value among themselves, ALTER TABLE %s DROP CONSTRAINT %s, ADD CONSTRAINT %s %s DEFERRABLE"
                        .formatted(quoted(), quotedName, quotedName, row.getString("definition"));
    }
}
