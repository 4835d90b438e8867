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
 * The database's time, and the transactions that are open in this database then: what they have
 * written may show up later, below what was read by then.
 *
 * <p>{@code pg_locks} is open to every role: each transaction holds the lock of its virtual id from
 * its first statement to its end, and one that was prepared keeps the locks of its transaction ids.
 * What writes no row of a user does not count: autovacuum (which has no user), and, as long as they
 * have no transaction id, walsenders, parallel workers, and the readers of this tool, whatever role
 * they have: sessions that bear a reader's name. One that writes has an id: a walsender that was
 * sent an INSERT, a subscription's parallel worker, and whoever took a reader's name by mistake. On
 * a standby they are {@link StandbyTransactions}.
 *
 * @param now the database's time
 * @param text the same as the database writes a {@code timestamptz}
 * @param replica whether the server is a standby
 * @param open the transactions
 * @param completeTo all that was committed before this time can be seen: the same as {@code text},
 *     on a standby what it has replayed
 * @param nextId of a standby: the first transaction id of which it has replayed nothing
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
     * Functions in place of the views over them where those join catalogs that are not asked for:
     * the statement is planned at each poll, and the joins were three quarters of its cost.
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

    /** Of a server that is no standby. */
    public TransactionSnapshot(
            Instant now, String text, boolean replica, List<OpenTransaction> open) {
        this(now, text, replica, open, text, 0);
    }

    /**
     * Whether a transaction that was seen elsewhere, at the primary or a standby that is further
     * on, begins in what this standby has not replayed. It is not open here, and has not ended.
     *
     * @param ids see {@link OpenTransaction}
     */
    public boolean isBefore(List<String> ids) {
        // ids start anew after 2^32
        return standby
                && !ids.isEmpty()
                && ids.stream().allMatch(id -> (int) (Long.parseLong(id) - nextId) >= 0);
    }

    /** See {@link #take(SourceSession, DatabaseClock)}, by the server's own clock. */
    public static TransactionSnapshot take(SourceSession session) throws SQLException {
        return take(session, DatabaseClock.SERVER);
    }

    /**
     * Looks, before a snapshot is taken.
     *
     * @param clock tells {@link #now}
     */
    public static TransactionSnapshot take(SourceSession session, DatabaseClock clock)
            throws SQLException {
        return take(session, clock, false);
    }

    /** Looks from within a snapshot: what it may not show, as far as that is known. */
    public static TransactionSnapshot inSnapshot(SourceSession session) throws SQLException {
        return take(session, DatabaseClock.SERVER, true);
    }

    private static TransactionSnapshot take(
            SourceSession session, DatabaseClock clock, boolean inSnapshot) throws SQLException {
        Optional<TransactionSnapshot> look =
                session.query(
                        sql(session, clock, inSnapshot),
                        found -> {
                            found.next();
                            return read(found, 0, session.standby());
                        });
        return look.isPresent() ? look.get() : take(session, clock, inSnapshot);
    }

    /**
     * The same as {@link #inSnapshot}, as a question of the statement that takes the snapshot.
     * Nothing: it has to be asked again.
     */
    public static CombinedQuery.Question<Optional<TransactionSnapshot>> snapshotQuery(
            SourceSession session) {
        return new CombinedQuery.Question<>(
                sql(session, DatabaseClock.SERVER, true),
                COLUMNS,
                true,
                (found, before) -> read(found, before, session.standby()));
    }

    /**
     * The time alone, no later than the snapshot: a question of the statement that takes it. On a
     * standby that does not tell what the snapshot shows.
     */
    public static CombinedQuery.Question<TransactionSnapshot> timeOnly(DatabaseClock clock) {
        return new CombinedQuery.Question<>(
                """
                SELECT t.now::text, (extract(epoch FROM t.now) * 1000000)::bigint, pg_catalog.pg_is_in_recovery()
                FROM (SELECT %s AS now OFFSET 0) t
                """
                        .formatted(clock.expression()),
                3,
                (found, before) ->
                        new TransactionSnapshot(
                                Instant.EPOCH.plus(found.getLong(before + 2), ChronoUnit.MICROS),
                                found.getString(before + 1),
                                found.getBoolean(before + 3),
                                List.of()));
    }

    private static String sql(SourceSession session, DatabaseClock clock, boolean inSnapshot) {
        StandbyTransactions standby = session.standby();
        return SQL.formatted(
                standby.columns(),
                clock.expression(),
                standby.isStandby() ? standby.select(inSnapshot) : OPEN);
    }

    /** Nothing if it has to be asked again. */
    private static Optional<TransactionSnapshot> read(
            ResultSet found, int before, StandbyTransactions standby) throws SQLException {
        List<OpenTransaction> open = new ArrayList<>();
        Instant now = Instant.EPOCH.plus(found.getLong(before + 2), ChronoUnit.MICROS);
        String text = found.getString(before + 1);
        boolean replica = found.getBoolean(before + 3);
        String completeTo = replica ? found.getString(before + 9) : text;
        long next = found.getLong(before + 10);
        String server = found.getString(before + 11);
        do {
            if (found.getString(before + 4) != null) {
                open.add(transaction(found, before));
            }
        } while (found.next());
        return standby.update(replica, server, next, open)
                ? Optional.of(new TransactionSnapshot(now, text, replica, open, completeTo, next))
                : Optional.empty();
    }

    private static OpenTransaction transaction(ResultSet found, int before) throws SQLException {
        String started = found.getString(before + 6);
        return new OpenTransaction(
                found.getString(before + 4),
                List.of((String[]) found.getArray(before + 5).getArray()),
                started == null ? "" : started,
                found.getBoolean(before + 7),
                found.getString(before + 8));
    }
}
