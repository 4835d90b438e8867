package com.evolvishub.cdc.source.session;

import java.util.List;
import java.util.Objects;

/**
 * A transaction that has not ended, as any role may see it.
 *
 * @param virtualId its virtual transaction id, such as {@code 10/2}; a transaction keeps it when it
 *     is prepared, but not over a restart of the server
 * @param ids the transaction ids it was given so far, which a prepared one keeps over a restart
 * @param started when it began, as a {@code timestamptz} in the database's own text; for a prepared
 *     one when it was prepared; empty where the role may not see it
 * @param prepared whether it waits for COMMIT PREPARED
 * @param who what is known of it, for people
 */
public record OpenTransaction(
        String virtualId, List<String> ids, String started, boolean prepared, String description) {
    public OpenTransaction {
        Objects.requireNonNull(virtualId, "virtualId");
        ids = List.copyOf(ids);
        Objects.requireNonNull(started, "started");
        Objects.requireNonNull(description, "who");
    }

    /** Whether this is the transaction that was seen under these ids. */
    public boolean matches(String otherVirtualId, List<String> otherIds) {
        return virtualId.equals(otherVirtualId) || ids.stream().anyMatch(otherIds::contains);
    }
}
