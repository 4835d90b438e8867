package com.evolvishub.cdc.source.session;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The primary's transactions, as a standby shows them. {@code pg_locks} has none of them there, and
 * {@code pg_current_snapshot()} lists none. But the snapshot's xmin is the oldest transaction id in
 * progress, {@code age()} tells the next id that is not in use, and {@code pg_xact_status()} tells
 * of each id between them whether it is in progress. All three are open to every role.
 *
 * <p>A transaction shows from the replay of its first record on. What it wrote carries a time from
 * before that, by as long as it took from its first statement to its first change.
 *
 * <p>Ids that were checked once are not checked again, unless they were in progress: one instance
 * remembers that for one session, and whether its server is a standby: that is asked for with each
 * statement, since a standby may be promoted and an address may lead to another server. Used by one
 * thread.
 */
public final class StandbyTransactions {

    /**
     * How long a connected standby may not know of a transaction of a quiet primary: its first
     * record stays unflushed until the background writer logs the next snapshot, after 15 s.
     */
    private static final String UNFLUSHED = "interval '20 seconds'";

    /** One row: all that the primary committed before this time has been replayed. */
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
     * Columns: up to which time the standby is complete, and the next transaction id; both NULL on
     * a primary.
     */
    public String columns() {
        return isStandby
                ? "(" + COMPLETE_TO + ")::text, " + NEXT.formatted()
                : "NULL::text, NULL::bigint";
    }

    /** Whether the server was a standby when it was asked last; false before that. */
    public boolean isStandby() {
        return isStandby;
    }

    /**
     * A SELECT of virtual id, ids, start, whether prepared, and a text for people.
     *
     * @param inSnapshot whether the statement runs in the snapshot whose blind spots are asked for:
     *     then what is new since the last look counts as open, also when it has ended meanwhile,
     *     because it may have ended after the snapshot was taken
     */
    public String select(boolean inSnapshot) {
        String known = open.stream().map(String::valueOf).collect(Collectors.joining(","));
        return IN_PROGRESS.formatted(known, checkedTo, inSnapshot);
    }

    /**
     * Takes note of what the statement found.
     *
     * @param replica whether the server is a standby
     * @param found what sets this start of this server apart from others
     * @return false if the statement was made for the other kind of server, or what was known was
     *     of another server: it has to be run again
     */
    public boolean update(
            boolean replica, String found, long next, List<OpenTransaction> inProgress) {
        if (replica != isStandby) {
            isStandby = replica;
            return false;
        }
        if (!replica) {
            return true;
        }
        boolean stranger = !server.isEmpty() && !server.equals(found);
        server = found;
        checkedTo = stranger ? 0 : next;
        open =
                stranger
                        ? List.of()
                        : inProgress.stream()
                                .map(one -> Long.parseLong(one.virtualId().substring(4)))
                                .toList();
        return !stranger;
    }
}
