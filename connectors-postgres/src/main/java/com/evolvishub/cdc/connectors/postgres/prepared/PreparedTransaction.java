package com.evolvishub.cdc.connectors.postgres.prepared;

import java.util.Objects;

/**
 * A transaction that the server keeps until it is told how it ends.
 *
 * @param run the run of the job that wrote it
 * @param gid the name the server keeps it under
 * @param number the server's own number of it, by which it can be asked how it ended
 */
public record PreparedTransaction(String run, String gid, String number) {
    public PreparedTransaction {
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(gid, "gid");
        Objects.requireNonNull(number, "number");
    }
}
