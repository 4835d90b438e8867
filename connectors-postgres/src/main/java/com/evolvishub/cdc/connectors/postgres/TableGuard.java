package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.delivery.DestinationException;
import com.evolvishub.cdc.delivery.Lane;
import com.evolvishub.cdc.delivery.Progress;
import com.evolvishub.cdc.delivery.RowsLostException;
import com.evolvishub.cdc.delivery.WrittenElsewhere;
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
    private Progress expected = Progress.NONE;
    private String current = "";

    TableGuard(Pipeline pipeline) {
        this.pipeline = pipeline;
        EndpointSpec endpoint = pipeline.deliver().destination();
        this.name = SqlIdentifier.quote(endpoint.schema(), endpoint.table());
    }

    /** What was delivered, and to which table; without one: to none that has to be there. */
    void expect(Progress acknowledged) {
        expected = acknowledged;
    }

    /** The identity of the table that was let in; empty: none was. */
    String identity() {
        return current;
    }

    /** Rows are in the table that was let in: from here on it has to be this one. */
    void delivered(long last) {
        expected = new Progress(last, expected.numbering(), expected.incarnation(), current);
    }

    /**
     * What a record stands for at the table that is there.
     *
     * <p>Where tables are swapped on purpose, rows of the former one are delivered, as they are
     * when it is swapped a checkpoint later: the new one may be a copy of it, or begin empty. Only
     * where none is there, there is nothing that it was swapped for.
     *
     * @param recorded with the table that its number was written to; without: not known
     */
    Progress counted(PostgresSession session, Progress recorded, Lane lane) throws SQLException {
        String there = look(session).map(Found::identity).orElse("");
        if (recorded.target().isEmpty() || recorded.target().equals(there)) {
            return recorded;
        }
        long counted = recorded.number();
        if (goesOnIntoReplaced() && !there.isEmpty()) {
            LOG.warn(
                    "{}: table {} is another one than rows up to {} were written to; they count as"
                            + " delivered (on_replaced_table: go_on)",
                    pipeline.mapping(),
                    name,
                    counted);
        } else {
            counted = WrittenElsewhere.counted(expected, recorded, "table " + name, lane);
        }
        return Progress.recorded(counted, recorded.numbering(), recorded.incarnation());
    }

    private boolean goesOnIntoReplaced() {
        return pipeline.deliver().lossRules().onReplacedTable() == OnReplacedTable.GO_ON;
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
        if (!expected.target().isEmpty() && !expected.target().equals(identity)) {
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
                    1,
                    expected.number(),
                    "table %s does not exist".formatted(name),
                    pipeline.mapping());
        }
        if (!goesOnIntoReplaced()) {
            throw RowsLostException.of(
                    1,
                    expected.number(),
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
        expected =
                new Progress(
                        expected.number(), expected.numbering(), expected.incarnation(), identity);
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
