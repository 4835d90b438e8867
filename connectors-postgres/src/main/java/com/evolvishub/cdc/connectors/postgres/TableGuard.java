package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.delivery.DestinationException;
import com.evolvishub.cdc.delivery.Progress;
import com.evolvishub.cdc.delivery.RowsLostException;
import com.evolvishub.cdc.planner.destination.PostgresType;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.SqlIdentifier;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import com.evolvishub.cdc.planner.spec.OnReplacedTable;
import com.evolvishub.cdc.planner.spec.Secret;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps rows out of a table that is not the one that earlier rows were delivered to, or that a
 * crash of the server would empty. A table's identity is its OID: it outlives TRUNCATE, VACUUM FULL
 * and every ALTER, and no other table of the database has it.
 */
final class TableGuard {

    private static final Logger LOG = LoggerFactory.getLogger(TableGuard.class);

    // of a partitioned table, rows are in its leaves
    private static final String LOOK =
            """
            SELECT c.oid::text,
                   c.relpersistence = 'u' OR EXISTS (
                       SELECT FROM pg_partition_tree(c.oid) AS part
                       JOIN pg_class leaf ON leaf.oid = part.relid
                       WHERE part.isleaf AND leaf.relpersistence = 'u')
            FROM pg_class c WHERE c.oid = to_regclass(?)""";

    private record Found(String identity, boolean unlogged) {}

    private final Pipeline pipeline;
    private final String name;
    private String expected = "";
    private long delivered;
    private String current = "";

    TableGuard(Pipeline pipeline) {
        this.pipeline = pipeline;
        EndpointSpec endpoint = pipeline.deliver().destination();
        this.name = SqlIdentifier.quote(endpoint.schema(), endpoint.table());
    }

    /** What was delivered, and to which table; without one: to none that has to be there. */
    void expect(Progress acknowledged) {
        expected = acknowledged.target();
        delivered = acknowledged.number();
    }

    /** The identity of the table that was let in; empty: none was. */
    String identity() {
        return current;
    }

    /** Rows are in the table that was let in: from here on it has to be this one. */
    void delivered(long last) {
        expected = current;
        delivered = last;
    }

    /** What keeps rows out of the table that is there; empty: nothing. */
    Optional<String> problem(PostgresSession session) throws SQLException {
        return look(session).filter(this::isRefused).map(found -> unlogged());
    }

    /**
     * Lets in the table that is there.
     *
     * @throws RowsLostException if rows were delivered to another one
     */
    void admit(PostgresSession session) throws SQLException, DestinationException {
        Optional<Found> found = look(session);
        String identity = found.map(Found::identity).orElse("");
        if (!expected.isEmpty() && !expected.equals(identity)) {
            replaced(identity);
        }
        if (found.filter(this::isRefused).isPresent()) {
            throw new DestinationException(unlogged());
        }
        current = identity;
    }

    private void replaced(String identity) throws RowsLostException {
        if (identity.isEmpty()) {
            throw RowsLostException.of(
                    1, delivered, "table %s does not exist".formatted(name), pipeline.mapping());
        }
        if (pipeline.deliver().lossRules().onReplacedTable() == OnReplacedTable.STOP) {
            throw RowsLostException.of(
                    1,
                    delivered,
                    ("table %s is another one than they were delivered to (on_replaced_table: go_on"
                                    + " is for tables that are swapped on purpose)")
                            .formatted(name),
                    pipeline.mapping());
        }
        LOG.warn(
                "{}: table {} was replaced by another one; rows go into that from here on"
                        + " (on_replaced_table: go_on)",
                pipeline.mapping(),
                name);
        expected = identity;
    }

    private boolean isRefused(Found found) {
        return found.unlogged()
                && pipeline.deliver()
                        .destination()
                        .option(PostgresType.UNLOGGED)
                        .map(Secret::reveal)
                        .filter("accept"::equals)
                        .isEmpty();
    }

    private String unlogged() {
        return ("table %s: it is UNLOGGED, so a crash of the server empties it, and the progress record"
                        + " would not tell; ALTER TABLE %1$s SET LOGGED, or unlogged: accept in the"
                        + " destination")
                .formatted(name);
    }

    private Optional<Found> look(PostgresSession session) throws SQLException {
        try (PreparedStatement select = session.connection().prepareStatement(LOOK)) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                return row.next()
                        ? Optional.of(new Found(row.getString(1), row.getBoolean(2)))
                        : Optional.empty();
            }
        } finally {
            session.rollback();
        }
    }
}
