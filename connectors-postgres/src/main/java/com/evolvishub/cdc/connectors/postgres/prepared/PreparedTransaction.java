package com.evolvishub.cdc.connectors.postgres.prepared;

import java.util.Objects;

/**
 * A transaction that the server keeps until it is committed or rolled back.
 *
 * @param run the run of the job that wrote it
 * @param gid its global identifier at the server
 * @param number its transaction id (xid8), by which {@code pg_xact_status} returns its outcome
 */
public record PreparedTransaction(String run, String gid, String number) {
    public PreparedTransaction {
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(gid, "gid");
        Objects.requireNonNull(number, "number");
    }
}
