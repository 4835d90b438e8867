package com.evolvishub.cdc.source.session;

import java.util.List;
import java.util.Objects;

/**
 * A transaction that has not ended, as far as any role can see it.
 *
 * @param virtualId its virtual transaction id, such as {@code 10/2}; it stays when the transaction
 *     is prepared, but not after a restart of the server
 * @param ids the transaction ids assigned so far, which a prepared transaction keeps after a
 *     restart
 * @param started when it began, as a {@code timestamptz} in the database's text; for a prepared one
 *     when it was prepared; empty if the role may not see it
 * @param prepared whether it waits for COMMIT PREPARED
 * @param description human-readable description of it
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
