package com.evolvishub.cdc.source.transactions;

import com.evolvishub.cdc.source.session.CombinedQuery;
import com.evolvishub.cdc.source.session.DatabaseClock;
import com.evolvishub.cdc.source.session.OpenTransaction;
import com.evolvishub.cdc.source.session.SourceSession;
import com.evolvishub.cdc.source.session.StandbyTransactions;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The database's time, and the transactions that are open in this database at that time. Their rows
 * may become visible later, below the position that was read by then.
 *
 * <p>{@code pg_locks} is readable by every role: each transaction holds the lock of its virtual id
 * from its first statement to its end, and a prepared one keeps the locks of its transaction ids.
 * Transactions that write no user rows are excluded: autovacuum (which has no user) and, as long as
 * they have no transaction id, walsenders, parallel workers and the readers of this tool,
 * recognized by their application name. Any of them that writes has an id: a walsender that
 * received an INSERT, a subscription's parallel worker, or another session that uses a reader's
 * name by mistake. For a standby see {@link StandbyTransactions}.
 *
 * @param now the database's time
 * @param text the same time in the database's {@code timestamptz} text
 * @param standby whether the server is a standby
 * @param openTransactions the open transactions
 * @param completeTo everything committed before this time is visible: equals {@code text}, on a
 *     standby the replayed time
 * @param nextId on a standby: the first transaction id of which nothing was replayed
 */
public record TransactionSnapshot(
        Instant now,
        String text,
        boolean standby,
        List<OpenTransaction> openTransactions,
        String completeTo,
        long nextId) {

    private static final int COLUMNS = 11;

    /**
     * Uses functions instead of the views over them where the views join unneeded catalogs: the
     * statement is planned at each poll, and the joins were three quarters of its cost.
     */
    private static final String OPEN =
            """
            SELECT h.vxid, h.ids, coalesce(a.xact_start, p.prepared)::text AS started,
              h.pid IS NULL AS prepared,
              CASE WHEN h.pid IS NULL THEN 'the prepared transaction ' || coalesce(p.gid, h.ids[1])
                ELSE 'pid ' || h.pid || coalesce(', ' || a.state, '')
                  || coalesce(', app ' || nullif(a.application_name, ''), '')
                  || coalesce(', user ' || pg_catalog.pg_get_userbyid(a.usesysid), '') END AS who
            FROM (
              SELECT l.virtualtransaction AS vxid, pg_catalog.max(l.pid) AS pid,
                coalesce(pg_catalog.array_agg(l.transactionid::text)
                  FILTER (WHERE l.transactionid IS NOT NULL), '{}') AS ids
              FROM pg_catalog.pg_locks l
              WHERE l.locktype IN ('virtualxid', 'transactionid') AND l.granted
                AND l.mode = 'ExclusiveLock' AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
              GROUP BY l.virtualtransaction) h
            CROSS JOIN (SELECT d.oid FROM pg_catalog.pg_database d
              WHERE d.datname = pg_catalog.current_database()) here
            LEFT JOIN pg_catalog.pg_stat_get_activity(NULL) a ON a.pid = h.pid
            LEFT JOIN pg_catalog.pg_prepared_xact() p
              ON h.pid IS NULL AND p.transaction::text = ANY (h.ids)
            WHERE coalesce(a.datid, p.dbid, here.oid) = here.oid
              AND (a.pid IS NULL OR (a.usesysid IS NOT NULL AND (pg_catalog.cardinality(h.ids) > 0
                OR (a.leader_pid IS NULL AND coalesce(a.backend_type, '') <> 'walsender'
                  AND a.application_name NOT LIKE '%s%%'))))
            """
                    .formatted(SourceSession.APPLICATION_NAME_PREFIX.replace("_", "\\_"));

    private static final String SQL =
            """
            SELECT one.now, (extract(epoch FROM one.now) * 1000000)::bigint, pg_catalog.pg_is_in_recovery(),
              o.vxid, o.ids, o.started, o.prepared, o.who, %s, pg_catalog.pg_postmaster_start_time()::text
            FROM (SELECT %s AS now) one LEFT JOIN LATERAL (%s) o(vxid, ids, started, prepared, who) ON true
            """;

    public TransactionSnapshot {
        Objects.requireNonNull(now, "now");
        Objects.requireNonNull(text, "text");
        openTransactions = List.copyOf(openTransactions);
        Objects.requireNonNull(completeTo, "completeTo");
    }

    /** Of a server that is not a standby. */
    public TransactionSnapshot(
            Instant now,
            String text,
            boolean standbyServer,
            List<OpenTransaction> openTransactions) {
        this(now, text, standbyServer, openTransactions, text, 0);
    }

    /**
     * Whether a transaction seen on another server, the primary or a standby with more replayed,
     * begins after what this standby has replayed. It is not open here, and it has not ended.
     *
     * @param ids see {@link OpenTransaction}
     */
    public boolean isBefore(List<String> ids) {
        // transaction ids wrap around after 2^32
        return standby
                && !ids.isEmpty()
                && ids.stream().allMatch(id -> (int) (Long.parseLong(id) - nextId) >= 0);
    }

    /** See {@link #take(SourceSession, DatabaseClock)}, by the server's own clock. */
    public static TransactionSnapshot take(SourceSession session) throws SQLException {
        return take(session, DatabaseClock.SERVER);
    }

    /**
     * Takes a transaction snapshot before the database snapshot.
     *
     * @param clock the source of {@link #now}
     */
    public static TransactionSnapshot take(SourceSession session, DatabaseClock clock)
            throws SQLException {
        return take(session, clock, false);
    }

    /**
     * Takes a transaction snapshot inside the database snapshot: what it may not show, as far as
     * that is known.
     */
    public static TransactionSnapshot inSnapshot(SourceSession session) throws SQLException {
        return take(session, DatabaseClock.SERVER, true);
    }

    private static TransactionSnapshot take(
            SourceSession session, DatabaseClock clock, boolean inSnapshot) throws SQLException {
        Optional<TransactionSnapshot> snapshot =
                session.query(
                        sql(session, clock, inSnapshot),
                        rows -> {
                            rows.next();
                            return read(rows, 0, session.standby());
                        });
        return snapshot.isPresent() ? snapshot.get() : take(session, clock, inSnapshot);
    }

    /**
     * The same as {@link #inSnapshot}, as a query of the statement that takes the database
     * snapshot. An empty answer must be queried again.
     */
    public static CombinedQuery.Question<Optional<TransactionSnapshot>> snapshotQuery(
            SourceSession session) {
        return new CombinedQuery.Question<>(
                sql(session, DatabaseClock.SERVER, true),
                COLUMNS,
                true,
                (rows, firstColumn) -> read(rows, firstColumn, session.standby()));
    }

    /**
     * The time alone, not later than the database snapshot, as a query of the statement that takes
     * it. On a standby it does not say what the database snapshot shows.
     */
    public static CombinedQuery.Question<TransactionSnapshot> timeOnly(DatabaseClock clock) {
        return new CombinedQuery.Question<>(
                """
                SELECT t.now::text, (extract(epoch FROM t.now) * 1000000)::bigint, pg_catalog.pg_is_in_recovery()
                FROM (SELECT %s AS now OFFSET 0) t
                """
                        .formatted(clock.expression()),
                3,
                (rows, firstColumn) ->
                        new TransactionSnapshot(
                                Instant.EPOCH.plus(
                                        rows.getLong(firstColumn + 2), ChronoUnit.MICROS),
                                rows.getString(firstColumn + 1),
                                rows.getBoolean(firstColumn + 3),
                                List.of()));
    }

    private static String sql(SourceSession session, DatabaseClock clock, boolean inSnapshot) {
        StandbyTransactions standby = session.standby();
        return SQL.formatted(
                standby.columns(),
                clock.expression(),
                standby.isStandby() ? standby.select(inSnapshot) : OPEN);
    }

    /** Empty if it must be queried again. */
    private static Optional<TransactionSnapshot> read(
            ResultSet rows, int firstColumn, StandbyTransactions standby) throws SQLException {
        List<OpenTransaction> openTransactions = new ArrayList<>();
        Instant now = Instant.EPOCH.plus(rows.getLong(firstColumn + 2), ChronoUnit.MICROS);
        String text = rows.getString(firstColumn + 1);
        boolean standbyServer = rows.getBoolean(firstColumn + 3);
        String completeTo = standbyServer ? rows.getString(firstColumn + 9) : text;
        long nextId = rows.getLong(firstColumn + 10);
        String server = rows.getString(firstColumn + 11);
        do {
            if (rows.getString(firstColumn + 4) != null) {
                openTransactions.add(transaction(rows, firstColumn));
            }
        } while (rows.next());
        return standby.update(standbyServer, server, nextId, openTransactions)
                ? Optional.of(
                        new TransactionSnapshot(
                                now, text, standbyServer, openTransactions, completeTo, nextId))
                : Optional.empty();
    }

    private static OpenTransaction transaction(ResultSet rows, int firstColumn)
            throws SQLException {
        String started = rows.getString(firstColumn + 6);
        return new OpenTransaction(
                rows.getString(firstColumn + 4),
                List.of((String[]) rows.getArray(firstColumn + 5).getArray()),
                started == null ? "" : started,
                rows.getBoolean(firstColumn + 7),
                rows.getString(firstColumn + 8));
    }
}
