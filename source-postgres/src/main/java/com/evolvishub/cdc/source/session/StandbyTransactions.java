package com.evolvishub.cdc.source.session;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The primary's transactions as a standby shows them. There {@code pg_locks} has none of them, and
 * {@code pg_current_snapshot()} lists none. But the snapshot's xmin is the oldest transaction id in
 * progress, {@code age()} returns the next unused id, and {@code pg_xact_status()} returns for each
 * id between them whether it is in progress. All three are readable by every role.
 *
 * <p>A transaction is visible from the replay of its first record on. Its rows may have earlier
 * times, by the time between its first statement and its first change.
 *
 * <p>Ids are checked once, and again only while they are in progress. One instance keeps that for
 * one session, together with whether its server is a standby. This is queried with each statement,
 * since a standby may be promoted and an address may lead to another server. Used by one thread.
 */
public final class StandbyTransactions {

    /**
     * How long a connected standby may miss a transaction of a quiet primary: the first record
     * stays unflushed until the background writer logs the next snapshot, after 15 s.
     */
    private static final String UNFLUSHED = "interval '20 seconds'";

    /** One row: everything the primary committed before this time has been replayed. */
    private static final String COMPLETE_TO =
            """
            greatest('epoch'::timestamptz, pg_catalog.pg_last_xact_replay_timestamp(),
              (SELECT pg_catalog.now() - greatest(t.out, %s) FROM
                (SELECT pg_catalog.current_setting('wal_receiver_timeout')::interval AS out) t
               WHERE t.out > interval '0'
                 AND pg_catalog.pg_last_wal_replay_lsn() >= pg_catalog.pg_last_wal_receive_lsn()
                 AND EXISTS (SELECT FROM pg_catalog.pg_stat_wal_receiver)))
            """
                    .formatted(UNFLUSHED);

    private static final String NEXT =
            """
            (SELECT s.xmin + pg_catalog.age((s.xmin %% 4294967296)::text::xid) FROM
              (SELECT pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text::bigint AS xmin) s)
            """;

    private static final String IN_PROGRESS =
            """
            SELECT 'xid ' || c.xid, ARRAY[(c.xid %% 4294967296)::text], NULL::text, false,
              'transaction ' || c.xid || ' of the primary'
            FROM (SELECT pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text::bigint AS xmin) s
            CROSS JOIN LATERAL (
              SELECT k AS xid FROM pg_catalog.unnest('{%s}'::bigint[]) k
              WHERE CASE WHEN k >= s.xmin AND k < s.xmin + pg_catalog.age((s.xmin %% 4294967296)::text::xid)
                THEN pg_catalog.pg_xact_status(k::text::xid8) = 'in progress' END
              UNION ALL
              SELECT g FROM pg_catalog.generate_series(greatest(s.xmin, %s),
                s.xmin + pg_catalog.age((s.xmin %% 4294967296)::text::xid) - 1) g
              WHERE %s OR pg_catalog.pg_xact_status(g::text::xid8) = 'in progress') c
            """;

    private boolean isStandby;
    private String server = "";
    private long checkedTo;
    private List<Long> open = List.of();

    /**
     * The columns: the time up to which the standby is complete, and the next transaction id; both
     * NULL on a primary.
     */
    public String columns() {
        return isStandby
                ? "(" + COMPLETE_TO + ")::text, " + NEXT.formatted()
                : "NULL::text, NULL::bigint";
    }

    /** Whether the server was a standby at the last query; false before that. */
    public boolean isStandby() {
        return isStandby;
    }

    /**
     * A SELECT of virtual id, ids, start, whether prepared, and a human-readable description.
     *
     * @param inSnapshot whether the statement runs in the database snapshot that is examined: then
     *     every id new since the last query counts as open, even if it has ended, because it may
     *     have ended after the database snapshot was taken
     */
    public String select(boolean inSnapshot) {
        String known = open.stream().map(String::valueOf).collect(Collectors.joining(","));
        return IN_PROGRESS.formatted(known, checkedTo, inSnapshot);
    }

    /**
     * Stores what the statement returned.
     *
     * @param standby whether the server is a standby
     * @param serverStart start time of the server, which distinguishes it from others
     * @return false if the statement was built for the other kind of server, or for another server:
     *     it must be run again
     */
    public boolean update(
            boolean standby, String serverStart, long nextId, List<OpenTransaction> inProgress) {
        if (standby != isStandby) {
            isStandby = standby;
            return false;
        }
        if (!standby) {
            return true;
        }
        boolean isOtherServer = !server.isEmpty() && !server.equals(serverStart);
        server = serverStart;
        checkedTo = isOtherServer ? 0 : nextId;
        open =
                isOtherServer
                        ? List.of()
                        : inProgress.stream()
                                .map(one -> Long.parseLong(one.virtualId().substring(4)))
                                .toList();
        return !isOtherServer;
    }
}
