package com.evolvishub.cdc.runtime.connection;

/**
 * Recognises a connection pooler between a client and a PostgreSQL server. A pooler answers the
 * login itself, and announces a process id of its own ({@code BackendKeyData}) for requests to
 * cancel; the process that serves a statement is another one. The protocol does not tell whether
 * the pooler gives its server processes away by session or by transaction, so a client has to
 * reckon with a change after each transaction.
 */
public final class ConnectionPoolerDetector {

    private ConnectionPoolerDetector() {}

    /**
     * Whether a pooler stands in between.
     *
     * @param announced the process id that came with the login ({@code
     *     PGConnection.getBackendPID()})
     * @param serving what {@code SELECT pg_backend_pid()} returns on the same connection
     */
    public static boolean isPooled(int announced, int serving) {
        return announced != serving;
    }
}
