package com.evolvishub.cdc.runtime.connection;

/**
 * Detects a connection pooler between a client and a PostgreSQL server. A pooler answers the login
 * itself and announces a process id of its own ({@code BackendKeyData}) for cancel requests;
 * another process executes the statements. The protocol does not show whether the pooler assigns
 * server processes by session or by transaction, so a client must expect a different one after each
 * transaction.
 */
public final class ConnectionPoolerDetector {

    private ConnectionPoolerDetector() {}

    /**
     * Whether the connection goes through a pooler.
     *
     * @param announced the process id announced at the login ({@code PGConnection.getBackendPID()})
     * @param serving what {@code SELECT pg_backend_pid()} returns on the same connection
     */
    public static boolean isPooled(int announced, int serving) {
        return announced != serving;
    }
}
