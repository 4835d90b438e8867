package com.evolvishub.cdc.connectors.postgres.session;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.zip.CRC32;

/**
 * Lets one pipeline at a time make schemas, types and tables in a database. Two transactions that
 * make several things wait for each other's catalog entries, and in two orders that is a deadlock.
 *
 * <p>The lock is an advisory lock of the transaction, so that it ends with it whatever happens,
 * also behind a pooler that gives each transaction another session. It is the first lock that a
 * transaction of ours takes. Its two keys are those of this tool; another one that has chosen the
 * same holds us up for {@code lock_timeout} at most, and then the pipeline tries again later.
 */
public final class DdlLock {

    private static final int TOOL = hash("evolvishub_cdc");
    private static final int CREATION = hash("creation");

    private DdlLock() {}

    /** The statement that waits for the lock; the first of its transaction. */
    static String statement() {
        return "SET LOCAL lock_timeout = '60s'; SELECT pg_advisory_xact_lock(%d, %d)"
                .formatted(TOOL, CREATION);
    }

    /** Waits for the lock, for a minute at most. Held to the end of the session's transaction. */
    public static void acquire(PostgresSession session) throws SQLException {
        session.execute(statement());
    }

    private static int hash(String text) {
        CRC32 hash = new CRC32();
        hash.update(text.getBytes(StandardCharsets.UTF_8));
        return (int) hash.getValue();
    }
}
