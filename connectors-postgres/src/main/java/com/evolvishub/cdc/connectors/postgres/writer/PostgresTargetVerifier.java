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
 * Prevents writing to a table that is not the one that earlier rows were delivered to, or that a
 * server crash would empty. A table is identified by its OID, which TRUNCATE, VACUUM FULL and ALTER
 * keep and which is unique in the database.
 */
final class PostgresTargetVerifier {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresTargetVerifier.class);

    // a partitioned table has its rows in leaf partitions
    private static final String SELECT_TARGET =
            """
            SELECT c.oid::text,
                   c.relpersistence = 'u' OR EXISTS (
                       SELECT FROM pg_partition_tree(c.oid) AS part
                       JOIN pg_class leaf ON leaf.oid = part.relid
                       WHERE part.isleaf AND leaf.relpersistence = 'u')
            FROM pg_class c WHERE c.oid = to_regclass(?)\
            """;

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

    /**
     * Sets the delivered progress and the table it belongs to. Without a table, none has to exist.
     */
    void expectProgress(Progress acknowledged) {
        expected = acknowledged;
    }

    /** Returns the identity of the verified table; empty: none was verified. */
    String targetId() {
        return current;
    }

    /**
     * Records that rows were delivered to the verified table; from here on no other table is
     * accepted.
     */
    void delivered(long last) {
        expected = new Progress(last, expected.sequenceHistory(), expected.incarnation(), current);
    }

    /**
     * Returns the effective progress for the current table.
     *
     * <p>If tables are swapped on purpose, the rows of the former table count as delivered, as if
     * it were swapped a checkpoint later: the new table may be a copy or start empty. They do not
     * count if no table exists, because then nothing was swapped in.
     *
     * @param recorded with the table that its rows were written to; without one: unknown
     */
    Progress effectiveProgress(
            PostgresSession session, Progress recorded, WriterIdentity writerIdentity)
            throws SQLException {
        String currentTable = readTarget(session).map(Found::identity).orElse("");
        if (recorded.targetId().isEmpty() || recorded.targetId().equals(currentTable)) {
            return recorded;
        }
        long effective = recorded.lastSequence();
        if (acceptsReplacedTable() && !currentTable.isEmpty()) {
            LOG.warn(
                    "{}: table {} is another one than rows up to {} were written to; they count as"
                            + " delivered (on_replaced_table: go_on)",
                    pipeline.mapping(),
                    name,
                    effective);
        } else {
            effective =
                    ReplacedTarget.effectiveSequence(
                            expected, recorded, "table " + name, writerIdentity);
        }
        return Progress.recorded(effective, recorded.sequenceHistory(), recorded.incarnation());
    }

    private boolean acceptsReplacedTable() {
        return pipeline.deliver().lossRules().onReplacedTable() == ReplacedTablePolicy.GO_ON;
    }

    /** Returns why rows must not be written to the current table; empty: no reason. */
    Optional<String> problem(PostgresSession session) throws SQLException {
        return readTarget(session).filter(this::isRejected).map(found -> unlogged());
    }

    /**
     * Verifies the current table and accepts it.
     *
     * @throws RowsLostException if rows were delivered to another one
     */
    void verify(PostgresSession session) throws SQLException, DestinationException {
        Optional<Found> found = readTarget(session);
        String identity = found.map(Found::identity).orElse("");
        if (!expected.targetId().isEmpty() && !expected.targetId().equals(identity)) {
            onReplaced(identity);
        }
        if (found.filter(this::isRejected).isPresent()) {
            throw new DestinationException(unlogged());
        }
        current = identity;
    }

    private void onReplaced(String identity) throws RowsLostException {
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

    private boolean isRejected(Found found) {
        return found.unlogged()
                && pipeline.deliver()
                        .destination()
                        .option(PostgresDestinationType.UNLOGGED)
                        .map(Secret::reveal)
                        .filter("accept"::equals)
                        .isEmpty();
    }

    private String unlogged() {
        return ("table %s: it is UNLOGGED, so a crash of the server empties it, and the progress"
                        + " record would not tell; ALTER TABLE %1$s SET LOGGED, or unlogged: accept in"
                        + " the destination")
                .formatted(name);
    }

    private Optional<Found> readTarget(PostgresSession session) throws SQLException {
        try (PreparedStatement select = session.connection().prepareStatement(SELECT_TARGET)) {
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
