package com.evolvishub.cdc.runtime.row;

import java.io.Serializable;
import java.util.Objects;

/**
 * Whether the snapshot of a read can be trusted to contain every row. Precedes the {@link
 * PollEnded} of a complete read and ends at the change detector.
 *
 * <p>{@code TRUNCATE}, a rewriting {@code ALTER TABLE} and a table swap are not MVCC-safe in
 * PostgreSQL: a snapshot older than their commit reads the new, empty file.
 *
 * @param poll number of the poll
 * @param locked whether every relation was locked before the snapshot was taken
 * @param relationsFingerprint fingerprint of the relations that were read and of their files; two
 *     reads with the same one read the same files. Empty: they changed during the read
 * @param securityFingerprint fingerprint of the row-level security in force during the read, with
 *     the memberships of the role; empty: no relation has row-level security
 * @param securityUnchanged whether {@code securityFingerprint} was the same at the start and at the
 *     end
 */
public record SnapshotIntegrity(
        long poll,
        boolean locked,
        String relationsFingerprint,
        String securityFingerprint,
        boolean securityUnchanged)
        implements PipelineElement, Serializable {

    public SnapshotIntegrity {
        Objects.requireNonNull(relationsFingerprint, "relations");
        Objects.requireNonNull(securityFingerprint, "security");
    }

    /** For a read about which nothing is known. */
    public static SnapshotIntegrity unknown(long poll) {
        return new SnapshotIntegrity(poll, false, "", "", false);
    }
}
