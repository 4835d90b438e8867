package com.evolvishub.cdc.connectors.postgres.session;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.zip.CRC32;

/**
 * Lets only one pipeline at a time create schemas, types and tables in a database. Transactions
 * that create several objects wait for each other's catalog entries, which is a deadlock if the
 * order differs.
 *
 * <p>The lock is an advisory lock of the transaction, so it always ends with it, also behind a
 * pooler that assigns each transaction another session. It is the first lock that our transactions
 * take. Its keys are hashes of our names. Another tool with the same keys delays a pipeline by at
 * most {@code lock_timeout}; then the pipeline retries.
 */
public final class DdlLock {

    private static final int TOOL = hash("evolvishub_cdc");
    private static final int CREATION = hash("creation");

    private DdlLock() {}

    /** Returns the statement that waits for the lock; it must be the first of its transaction. */
    static String statement() {
        return "SET LOCAL lock_timeout = '60s'; SELECT pg_advisory_xact_lock(%d, %d)"
                .formatted(TOOL, CREATION);
    }

    /**
     * Waits for the lock for at most 60 s. It is held until the end of the session's transaction.
     */
    public static void acquire(PostgresSession session) throws SQLException {
        session.execute(statement());
    }

    private static int hash(String text) {
        CRC32 hash = new CRC32();
        hash.update(text.getBytes(StandardCharsets.UTF_8));
        return (int) hash.getValue();
    }
}
