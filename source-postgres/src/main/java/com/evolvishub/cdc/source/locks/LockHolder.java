package com.evolvishub.cdc.source.locks;

import com.evolvishub.cdc.source.session.SourceSession;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Describes the session that holds the lock a poll has met, for messages. */
public final class LockHolder {

    private static final String SQL =
            """
            WITH RECURSIVE read(oid) AS (
              SELECT pg_catalog.to_regclass(n)::oid FROM pg_catalog.unnest(?::text[]) n
              UNION
              SELECT below.oid FROM read, LATERAL (
                SELECT d.refobjid AS oid FROM pg_catalog.pg_rewrite w
                JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass
                  AND d.objid = w.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass
                WHERE w.ev_class = read.oid
                UNION ALL
                SELECT i.inhrelid FROM pg_catalog.pg_inherits i WHERE i.inhparent = read.oid) below)
            SELECT c.relname || CASE WHEN l.granted THEN ' is locked by ' ELSE ' is about to be locked by ' END
              || CASE WHEN l.pid IS NULL
                THEN coalesce((SELECT 'the prepared transaction ' || p.gid
                  FROM pg_catalog.pg_locks t JOIN pg_catalog.pg_prepared_xacts p
                    ON p.transaction = t.transactionid
                  WHERE t.virtualtransaction = l.virtualtransaction LIMIT 1), 'a prepared transaction')
                ELSE 'pid ' || l.pid || coalesce(', app ' || nullif(a.application_name, ''), '')
                  || coalesce(', user ' || a.usename, '') || coalesce(', ' || a.state, '')
                  || coalesce(', ' || pg_catalog.upper((pg_catalog.regexp_match(a.query,
                    '^\\s*([a-z]+(\\s+(table|view|index|materialized\\s+view))?)', 'i'))[1]), '') END
            FROM read JOIN pg_catalog.pg_locks l ON l.relation = read.oid
            JOIN pg_catalog.pg_class c ON c.oid = read.oid
            LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.database =
              (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
            ORDER BY l.granted DESC, l.pid LIMIT 1
            """;

    private static final String ADVICE =
            "; polls do not wait in the queue of a lock: the next one is tried shortly";

    private LockHolder() {}

    /**
     * Describes the lock holder, and what happens to the poll.
     *
     * @param session without an open transaction
     */
    public static String describe(SourceSession session, RelationLocks locks) throws SQLException {
        return session.inTransaction(() -> ask(session, locks)) + ADVICE;
    }

    private static String ask(SourceSession session, RelationLocks locks) throws SQLException {
        try (PreparedStatement statement = session.connection().prepareStatement(SQL)) {
            statement.setArray(
                    1, session.connection().createArrayOf("text", locks.names().toArray()));
            try (ResultSet found = statement.executeQuery()) {
                return found.next() ? found.getString(1) : unknown();
            }
        }
    }

    /** The description if the server cannot be queried. */
    public static String unknown() {
        return "something that the poll reads is locked";
    }
}
