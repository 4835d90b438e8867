package com.evolvishub.cdc.connectors.postgres.progress;

import com.evolvishub.cdc.connectors.postgres.prepared.PreparedTransactions;
import com.evolvishub.cdc.connectors.postgres.session.PostgresErrorClassifier;
import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import com.evolvishub.cdc.sink.failure.FencedException;
import com.evolvishub.cdc.sink.progress.Progress;
import com.evolvishub.cdc.sink.progress.SequenceHistory;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads and writes a pipeline's progress record, a row of the progress table. Every batch updates
 * it in its own transaction, under the writer's epoch. A writer with an older epoch updates no row,
 * and its batch is rolled back.
 */
public final class PostgresProgressStore {

    private static final String HOLDER =
            """
            SELECT epoch, last_number, run, writer, host, pid, backend_start::text, incarnation,
                   numbering, nullif(target_table, 0)::text AS target
            FROM evolvishub_cdc.lane WHERE identity = ?\
            """;

    private static final String TAKE_OVER =
            """
            UPDATE evolvishub_cdc.lane
            SET epoch = ?, run = ?, writer = ?, host = ?, numbering = ?,
                pid = CASE WHEN ? THEN 0 ELSE pg_backend_pid() END,
                backend_start = (SELECT backend_start FROM pg_stat_activity
                                 WHERE pid = pg_backend_pid()),
                updated_at = clock_timestamp()
            WHERE identity = ?\
            """;

    private static final String ADVANCE =
            """
            UPDATE evolvishub_cdc.lane SET last_number = ?, updated_at = clock_timestamp()
            WHERE identity = ? AND epoch = ? AND run = ? AND writer = ?
              AND last_number = coalesce(?, last_number)\
            """;

    // ends only the recorded session, never a later one that has the same pid. Behind a pooler no
    // pid is recorded, because the pooler may have assigned the server process to another client
    private static final String TERMINATE_HOLDER =
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE pid = ? AND backend_start = ?::timestamptz AND pid <> pg_backend_pid()
              AND datname = current_database() AND application_name LIKE 'evolvishub-cdc %'\
            """;

    private static final String RECORD_TARGET =
            """
            UPDATE evolvishub_cdc.lane
            SET target_table = to_regclass(?), last_number = coalesce(?, last_number),
                numbering = coalesce(?, numbering)
            WHERE identity = ? AND epoch = ? AND run = ? AND writer = ?
              AND target_table <> to_regclass(?) AND last_number = coalesce(?, last_number)\
            """;

    private final PostgresSession session;
    private final String identity;
    private WriterIdentity owner;
    private Progress found = Progress.NONE;
    private long epoch;
    private PreparedStatement advance;

    /**
     * The progress that a writer found when it took over the pipeline.
     *
     * @param progress includes the table that its rows were written to, which may not be the
     *     current one
     */
    public record Takeover(long epoch, Progress progress) {}

    private record Holder(
            long epoch,
            Progress progress,
            String run,
            String writer,
            String host,
            int pid,
            String backendStart) {
        void requireTakeoverAllowed(WriterIdentity candidate) throws FencedException {
            if (!candidate.mayTakeOverFrom(run, writer, epoch)) {
                throw new FencedException(run, host);
            }
        }
    }

    public PostgresProgressStore(PostgresSession session, String identity) {
        this.session = session;
        this.identity = identity;
    }

    /** Returns the stored progress. Waits for no lock. */
    public Progress progress() throws SQLException {
        try {
            return find(HOLDER).map(Holder::progress).orElse(Progress.NONE);
        } catch (SQLException e) {
            if (PostgresErrorClassifier.isTableChanged(e)) {
                // the table is not created yet
                return Progress.NONE;
            }
            throw e;
        } finally {
            session.rollback();
        }
    }

    /**
     * Checks whether the pipeline may be taken over. Waits for no lock. To be called before the
     * leftovers of a former writer are removed, since they may belong to another run.
     */
    public void requireTakeoverAllowed(WriterIdentity candidate)
            throws SQLException, FencedException {
        InternalTableCreator.ensure(session);
        try {
            Optional<Holder> holder = find(HOLDER);
            if (holder.isPresent()) {
                holder.get().requireTakeoverAllowed(candidate);
            }
        } finally {
            session.rollback();
        }
    }

    /**
     * Takes over the pipeline. Terminates the session of a writer that is blocked in a batch, if
     * the role may do that.
     */
    public Takeover takeOver(WriterIdentity candidate) throws SQLException, FencedException {
        InternalTableCreator.ensure(session);
        try {
            return tryToTakeOver(candidate);
        } catch (FencedException e) {
            session.rollback();
            throw e;
        } catch (SQLException e) {
            session.rollback();
            if (!PostgresErrorClassifier.is(e, PostgresErrorClassifier.LOCK_NOT_AVAILABLE)) {
                throw e;
            }
            terminateHolder(candidate);
            return tryToTakeOver(candidate);
        }
    }

    private Takeover tryToTakeOver(WriterIdentity candidate) throws SQLException, FencedException {
        session.execute("SET LOCAL lock_timeout = '5s'");
        insertMissing();
        Holder holder = holder(HOLDER + " FOR UPDATE");
        holder.requireTakeoverAllowed(candidate);
        found = holder.progress();
        long next = candidate.nextEpoch(holder.epoch());
        try (PreparedStatement update = session.connection().prepareStatement(TAKE_OVER)) {
            update.setLong(1, next);
            update.setString(2, candidate.run());
            update.setString(3, candidate.writer());
            update.setString(4, candidate.host());
            update.setString(
                    5,
                    candidate
                            .sequenceHistoryAfter(found.lastSequence(), found.sequenceHistory())
                            .text());
            update.setBoolean(6, session.isPooled());
            update.setString(7, identity);
            update.executeUpdate();
        }
        session.commit();
        owner = candidate;
        epoch = next;
        return new Takeover(next, found);
    }

    /**
     * Records the table that rows are written to. It shows which pipelines write to a table, and
     * which table the sequence number belongs to.
     *
     * @param table its name, quoted for SQL
     */
    public void recordTarget(String table) throws SQLException {
        recordTarget(table, OptionalLong.empty());
    }

    /**
     * Records the table that rows are written to.
     *
     * @param effective the effective sequence number, if the table is another one than before. It
     *     replaces the stored number only here: until rows are written to another table, the former
     *     table may be restored, and its number is needed again
     */
    public void recordTarget(String table, OptionalLong effective) throws SQLException {
        try (PreparedStatement update = session.connection().prepareStatement(RECORD_TARGET)) {
            update.setString(1, table);
            if (effective.isPresent()) {
                long sequence = effective.getAsLong();
                update.setLong(2, sequence);
                update.setString(
                        3, owner.sequenceHistoryAfter(sequence, found.sequenceHistory()).text());
                update.setLong(9, found.lastSequence());
            } else {
                update.setNull(2, Types.BIGINT);
                update.setNull(3, Types.VARCHAR);
                update.setNull(9, Types.BIGINT);
            }
            update.setString(4, identity);
            update.setLong(5, epoch);
            update.setString(6, owner.run());
            update.setString(7, owner.writer());
            update.setString(8, table);
            update.executeUpdate();
        }
        session.commit();
    }

    private void insertMissing() throws SQLException {
        try (PreparedStatement insert =
                session.connection()
                        .prepareStatement(
                                "INSERT INTO evolvishub_cdc.lane (identity) VALUES (?)"
                                        + " ON CONFLICT DO NOTHING")) {
            insert.setString(1, identity);
            insert.executeUpdate();
        }
    }

    private Holder holder(String sql) throws SQLException {
        return find(sql)
                .orElseThrow(
                        () ->
                                new SQLException(
                                        "the lane's row is gone from evolvishub_cdc.lane",
                                        PostgresErrorClassifier.PROGRESS_CHANGED));
    }

    private Optional<Holder> find(String sql) throws SQLException {
        try (PreparedStatement select = session.connection().prepareStatement(sql)) {
            select.setString(1, identity);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                return Optional.of(
                        new Holder(
                                row.getLong("epoch"),
                                new Progress(
                                        row.getLong("last_number"),
                                        SequenceHistory.parse(row.getString("numbering")),
                                        row.getString("incarnation"),
                                        Objects.requireNonNullElse(row.getString("target"), "")),
                                row.getString("run"),
                                row.getString("writer"),
                                row.getString("host"),
                                row.getInt("pid"),
                                row.getString("backend_start")));
            }
        }
    }

    private void terminateHolder(WriterIdentity candidate) throws SQLException, FencedException {
        Holder holder = holder(HOLDER);
        holder.requireTakeoverAllowed(candidate);
        failOnPreparedTransaction();
        try (PreparedStatement terminate =
                session.connection().prepareStatement(TERMINATE_HOLDER)) {
            terminate.setInt(1, holder.pid());
            terminate.setString(2, holder.backendStart());
            try (ResultSet ended = terminate.executeQuery()) {
                if (!ended.next() || !ended.getBoolean(1)) {
                    throw new SQLException(
                            ("the lane is held by process %d of the destination, begun %s, of run"
                                            + " %s on host %s; end it with SELECT"
                                            + " pg_terminate_backend(%d)")
                                    .formatted(
                                            holder.pid(),
                                            holder.backendStart(),
                                            holder.run(),
                                            holder.host(),
                                            holder.pid()),
                            PostgresErrorClassifier.LOCK_NOT_AVAILABLE);
                }
            }
        }
        session.commit();
    }

    /**
     * Fails if a prepared transaction holds the lock: it outlives its session, so none can be
     * ended.
     */
    private void failOnPreparedTransaction() throws SQLException {
        List<String> gids = new PreparedTransactions(session, identity).leftover();
        if (!gids.isEmpty()) {
            throw new SQLException(
                    ("the lane is held by prepared transaction \"%s\", which a run with delivery:"
                                    + " transactional has left; start the file with that once more"
                                    + " and stop it, or, to do without its rows, ROLLBACK PREPARED"
                                    + " '%s'")
                            .formatted(gids.get(0), gids.get(0)),
                    PostgresErrorClassifier.LOCK_NOT_AVAILABLE);
        }
    }

    /**
     * First statement of a batch's transaction: locks the progress row until its end.
     *
     * @throws FencedException if another writer has taken over the pipeline
     */
    public void advance(long sequence) throws SQLException, FencedException {
        advance(OptionalLong.empty(), sequence);
    }

    /**
     * First statement of a batch's transaction: locks the progress row until its end.
     *
     * @param after the expected stored sequence number
     * @throws FencedException if another writer has taken over the pipeline
     * @throws SQLException classified as an outage, if the row was changed
     */
    public void advance(long after, long sequence) throws SQLException, FencedException {
        advance(OptionalLong.of(after), sequence);
    }

    private void advance(OptionalLong after, long sequence) throws SQLException, FencedException {
        Connection connection = session.connection();
        if (advance == null) {
            advance = connection.prepareStatement(ADVANCE);
        }
        advance.setLong(1, sequence);
        advance.setString(2, identity);
        advance.setLong(3, epoch);
        advance.setString(4, owner.run());
        advance.setString(5, owner.writer());
        if (after.isPresent()) {
            advance.setLong(6, after.getAsLong());
        } else {
            advance.setNull(6, Types.BIGINT);
        }
        if (advance.executeUpdate() == 0) {
            Holder holder = holder(HOLDER);
            if (holder.epoch() >= epoch && !holder.writer().equals(owner.writer())) {
                throw new FencedException(holder.run(), holder.host());
            }
            throw new SQLException(
                    ("the row of evolvishub_cdc.lane is not the one that was left: it says epoch"
                                    + " %d, row %d. The destination went back, or somebody has changed it")
                            .formatted(holder.epoch(), holder.progress().lastSequence()),
                    PostgresErrorClassifier.PROGRESS_CHANGED);
        }
    }
}
