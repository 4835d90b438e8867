package com.evolvishub.cdc.connectors.postgres.writer;

import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.ReplacedTablePolicy;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.spi.PostgresDestinationType;
import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.failure.RowsLostException;
import com.evolvishub.cdc.sink.progress.Progress;
import com.evolvishub.cdc.sink.progress.ReplacedTarget;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
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
final class PostgresTargetVerifier {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresTargetVerifier.class);

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

    PostgresTargetVerifier(Pipeline pipeline) {
        this.pipeline = pipeline;
        EndpointSpec endpoint = pipeline.deliver().destination();
        this.name = SqlIdentifier.quote(endpoint.schema(), endpoint.table());
    }

    /** What was delivered, and to which table; without one: to none that has to be there. */
    void expectProgress(Progress acknowledged) {
        expected = acknowledged;
    }

    /** The identity of the table that was let in; empty: none was. */
    String targetId() {
        return current;
    }

    /** Rows are in the table that was let in: from here on it has to be this one. */
    void delivered(long last) {
        expected = new Progress(last, expected.sequenceHistory(), expected.incarnation(), current);
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
    Progress effectiveProgress(PostgresSession session, Progress recorded, WriterIdentity lane)
            throws SQLException {
        String there = readTarget(session).map(Found::identity).orElse("");
        if (recorded.targetId().isEmpty() || recorded.targetId().equals(there)) {
            return recorded;
        }
        long counted = recorded.lastSequence();
        if (acceptsReplacedTable() && !there.isEmpty()) {
            LOG.warn(
                    "{}: table {} is another one than rows up to {} were written to; they count as"
                            + " delivered (on_replaced_table: go_on)",
                    pipeline.mapping(),
                    name,
                    counted);
        } else {
            counted = ReplacedTarget.effectiveSequence(expected, recorded, "table " + name, lane);
        }
        return Progress.recorded(counted, recorded.sequenceHistory(), recorded.incarnation());
    }

    private boolean acceptsReplacedTable() {
        return pipeline.deliver().lossRules().onReplacedTable() == ReplacedTablePolicy.GO_ON;
    }

    /** What keeps rows out of the table that is there; empty: nothing. */
    Optional<String> problem(PostgresSession session) throws SQLException {
        return readTarget(session).filter(this::isRefused).map(found -> unlogged());
    }

    /**
     * Lets in the table that is there.
     *
     * @throws RowsLostException if rows were delivered to another one
     */
    void verify(PostgresSession session) throws SQLException, DestinationException {
        Optional<Found> found = readTarget(session);
        String identity = found.map(Found::identity).orElse("");
        if (!expected.targetId().isEmpty() && !expected.targetId().equals(identity)) {
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
                    expected.lastSequence(),
                    "table %s does not exist".formatted(name),
                    pipeline.mapping());
        }
        if (!acceptsReplacedTable()) {
            throw RowsLostException.of(
                    1,
                    expected.lastSequence(),
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
                        expected.lastSequence(),
                        expected.sequenceHistory(),
                        expected.incarnation(),
                        identity);
    }

    private boolean isRefused(Found found) {
        return found.unlogged()
                && pipeline.deliver()
                        .destination()
                        .option(PostgresDestinationType.UNLOGGED)
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

    private Optional<Found> readTarget(PostgresSession session) throws SQLException {
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
