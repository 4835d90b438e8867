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
 * The row of {@code evolvishub_cdc.lane} that says who writes a lane and what the destination holds
 * of it. Every batch moves it in the batch's own transaction, under the epoch that the writer took:
 * a writer with an older one finds no row to move, and its batch is rolled back.
 */
public final class PostgresProgressStore {

    private static final String HOLDER =
            """
            SELECT epoch, last_number, run, writer, host, pid, backend_start::text, incarnation,
                   numbering, nullif(target_table, 0)::text AS target
            FROM evolvishub_cdc.lane WHERE identity = ?""";

    private static final String TAKE =
            """
            UPDATE evolvishub_cdc.lane
            SET epoch = ?, run = ?, writer = ?, host = ?, numbering = ?,
                pid = CASE WHEN ? THEN 0 ELSE pg_backend_pid() END,
                backend_start = (SELECT backend_start FROM pg_stat_activity
                                 WHERE pid = pg_backend_pid()),
                updated_at = clock_timestamp()
            WHERE identity = ?""";

    private static final String ADVANCE =
            """
            UPDATE evolvishub_cdc.lane SET last_number = ?, updated_at = clock_timestamp()
            WHERE identity = ? AND epoch = ? AND run = ? AND writer = ?
              AND last_number = coalesce(?, last_number)""";

    // only the very session that is written down, never a later one that was given its pid, nor one
    // that a pooler has lent to somebody else since: behind a pooler no pid is written down
    private static final String END_HOLDER =
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE pid = ? AND backend_start = ?::timestamptz AND pid <> pg_backend_pid()
              AND datname = current_database() AND application_name LIKE 'evolvishub-cdc %'""";

    private static final String WRITES_TO =
            """
            UPDATE evolvishub_cdc.lane
            SET target_table = to_regclass(?), last_number = coalesce(?, last_number),
                numbering = coalesce(?, numbering)
            WHERE identity = ? AND epoch = ? AND run = ? AND writer = ?
              AND target_table <> to_regclass(?) AND last_number = coalesce(?, last_number)""";

    private final PostgresSession session;
    private final String identity;
    private WriterIdentity owner;
    private Progress found = Progress.NONE;
    private long epoch;
    private PreparedStatement advance;

    /**
     * What a writer found when it took the lane.
     *
     * @param progress with the table that its number was written to, whichever is there now
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
        void requireTakeoverAllowed(WriterIdentity lane) throws FencedException {
            if (!lane.mayTakeOverFrom(run, writer, epoch)) {
                throw new FencedException(run, host);
            }
        }
    }

    public PostgresProgressStore(PostgresSession session, String identity) {
        this.session = session;
        this.identity = identity;
    }

    /** What the destination holds. Waits for nobody. */
    public Progress progress() throws SQLException {
        try {
            return find(HOLDER).map(Holder::progress).orElse(Progress.NONE);
        } catch (SQLException e) {
            if (PostgresErrorClassifier.isTableChanged(e)) {
                // nobody has made it yet
                return Progress.NONE;
            }
            throw e;
        } finally {
            session.rollback();
        }
    }

    /**
     * Passes if the lane may be taken; waits for nobody. Whoever clears away what a former holder
     * has left looks first whether it is not a rival's.
     */
    public void requireTakeoverAllowed(WriterIdentity lane) throws SQLException, FencedException {
        InternalTableCreator.ensure(session);
        try {
            Optional<Holder> holder = find(HOLDER);
            if (holder.isPresent()) {
                holder.get().requireTakeoverAllowed(lane);
            }
        } finally {
            session.rollback();
        }
    }

    /** Takes the lane. A holder that is stuck in a batch is ended, where the role may do that. */
    public Takeover takeOver(WriterIdentity lane) throws SQLException, FencedException {
        InternalTableCreator.ensure(session);
        try {
            return tryToTakeOver(lane);
        } catch (FencedException e) {
            session.rollback();
            throw e;
        } catch (SQLException e) {
            session.rollback();
            if (!PostgresErrorClassifier.is(e, PostgresErrorClassifier.LOCK_NOT_AVAILABLE)) {
                throw e;
            }
            terminateHolder(lane);
            return tryToTakeOver(lane);
        }
    }

    private Takeover tryToTakeOver(WriterIdentity lane) throws SQLException, FencedException {
        session.execute("SET LOCAL lock_timeout = '5s'");
        insertMissing();
        Holder before = holder(HOLDER + " FOR UPDATE");
        before.requireTakeoverAllowed(lane);
        found = before.progress();
        long next = lane.nextEpoch(before.epoch());
        try (PreparedStatement take = session.connection().prepareStatement(TAKE)) {
            take.setLong(1, next);
            take.setString(2, lane.run());
            take.setString(3, lane.writer());
            take.setString(4, lane.host());
            take.setString(
                    5,
                    lane.sequenceHistoryAfter(found.lastSequence(), found.sequenceHistory())
                            .text());
            take.setBoolean(6, session.isPooled());
            take.setString(7, identity);
            take.executeUpdate();
        }
        session.commit();
        owner = lane;
        epoch = next;
        return new Takeover(next, found);
    }

    /**
     * Notes the table that rows go into: for those who want to know whose rows are in there, and to
     * tell which table the number was written to.
     *
     * @param table its name, as SQL takes it
     */
    public void recordTarget(String table) throws SQLException {
        recordTarget(table, OptionalLong.empty());
    }

    /**
     * Notes the table that rows go into.
     *
     * @param counted if it is another one than before: the number that stands for what it holds, in
     *     place of the one that was found. Not earlier than here: until rows go into another table,
     *     somebody may bring the former one back, and the number with it
     */
    public void recordTarget(String table, OptionalLong counted) throws SQLException {
        try (PreparedStatement note = session.connection().prepareStatement(WRITES_TO)) {
            note.setString(1, table);
            if (counted.isPresent()) {
                long number = counted.getAsLong();
                note.setLong(2, number);
                note.setString(
                        3, owner.sequenceHistoryAfter(number, found.sequenceHistory()).text());
                note.setLong(9, found.lastSequence());
            } else {
                note.setNull(2, Types.BIGINT);
                note.setNull(3, Types.VARCHAR);
                note.setNull(9, Types.BIGINT);
            }
            note.setString(4, identity);
            note.setLong(5, epoch);
            note.setString(6, owner.run());
            note.setString(7, owner.writer());
            note.setString(8, table);
            note.executeUpdate();
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

    private void terminateHolder(WriterIdentity lane) throws SQLException, FencedException {
        Holder holder = holder(HOLDER);
        holder.requireTakeoverAllowed(lane);
        failOnPreparedTransaction();
        try (PreparedStatement end = session.connection().prepareStatement(END_HOLDER)) {
            end.setInt(1, holder.pid());
            end.setString(2, holder.backendStart());
            try (ResultSet ended = end.executeQuery()) {
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

    /** No session holds it that could be ended: what was prepared outlives its session. */
    private void failOnPreparedTransaction() throws SQLException {
        List<String> left = new PreparedTransactions(session, identity).leftover();
        if (!left.isEmpty()) {
            throw new SQLException(
                    ("the lane is held by prepared transaction \"%s\", which a run with delivery:"
                                    + " transactional has left; start the file with that once more"
                                    + " and stop it, or, to do without its rows, ROLLBACK PREPARED"
                                    + " '%s'")
                            .formatted(left.get(0), left.get(0)),
                    PostgresErrorClassifier.LOCK_NOT_AVAILABLE);
        }
    }

    /**
     * First statement of a batch's transaction: holds the lane until its end.
     *
     * @throws FencedException if somebody has taken the lane
     */
    public void advance(long number) throws SQLException, FencedException {
        advance(OptionalLong.empty(), number);
    }

    /**
     * First statement of a batch's transaction: holds the lane until its end.
     *
     * @param after what has to be the last number before it
     * @throws FencedException if somebody has taken the lane
     * @throws SQLException counted as an outage, if the row is not the one that was left
     */
    public void advance(long after, long number) throws SQLException, FencedException {
        advance(OptionalLong.of(after), number);
    }

    private void advance(OptionalLong after, long number) throws SQLException, FencedException {
        Connection connection = session.connection();
        if (advance == null) {
            advance = connection.prepareStatement(ADVANCE);
        }
        advance.setLong(1, number);
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
                    ("the row of evolvishub_cdc.lane is not the one that was left: it says epoch %d,"
                                    + " row %d. The destination went back, or somebody has changed it")
                            .formatted(holder.epoch(), holder.progress().lastSequence()),
                    PostgresErrorClassifier.PROGRESS_CHANGED);
        }
    }
}
