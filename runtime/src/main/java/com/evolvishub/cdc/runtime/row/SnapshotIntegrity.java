package com.evolvishub.cdc.runtime.row;

import java.io.Serializable;
import java.util.Objects;

/**
 * How far the snapshot of a read can be trusted to have shown every row. Stands right before the
 * {@link PollEnded} of a complete read and goes no further than the step that compares.
 *
 * <p>{@code TRUNCATE}, a rewriting {@code ALTER TABLE} and a table swap are not MVCC-safe in
 * PostgreSQL: a snapshot that is older than their commit finds the new, empty file.
 *
 * @param poll number of the poll
 * @param locked whether every relation that was read was locked before the snapshot was taken
 * @param relations fingerprint of the relations that were read and of their files; two reads with
 *     the same one read the same files. Empty: they changed while they were read
 * @param security fingerprint of the row-level security in force from the read's beginning to its
 *     end, with the memberships of the role; empty: no relation that was read has any
 * @param settled whether {@code security} was the same at the beginning and at the end
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

    /** Of a read about which nothing is known. */
    public static SnapshotIntegrity unknown(long poll) {
        return new SnapshotIntegrity(poll, false, "", "", false);
    }
}
