package com.evolvishub.cdc.source.dedupe.diff;

import com.evolvishub.cdc.runtime.row.SnapshotIntegrity;

/**
 * Decides whether rows that a complete read did not contain are deleted at the source.
 *
 * <p>A database snapshot that is older than the commit of a {@code TRUNCATE}, of a rewriting {@code
 * ALTER TABLE} or of a table swap sees an empty table. So missing rows count as deleted if all
 * relations of the read were locked before the snapshot, or if two consecutive complete reads
 * missed them and read the same files of the same relations.
 *
 * <p>Not thread-safe. What it knows of the last read is on the heap: after a restore two reads are
 * needed again.
 */
final class MissingRowEvaluator {

    /** A table with this few rows may be emptied without approval. */
    private static final long FEW = 100;

    private final double maxDeleteRatio;
    private final DeleteApproval approval;
    private String relationsBefore = "";

    /** The decision about missing rows. */
    enum Kind {
        /** No rows are missing. */
        NONE,
        /** The next read must miss them too. */
        UNCONFIRMED,
        /** They must not be deleted without the user's approval. */
        STOPPED,
        /** They are deleted. */
        GONE,
        /** Those that the last read missed too are deleted. */
        GONE_TWICE;

        boolean forgets() {
            return this == GONE || this == GONE_TWICE;
        }
    }

    /**
     * A decision.
     *
     * @param cause human-readable reason, if there is one
     * @param advice text after the first keys
     */
    record Verdict(Kind kind, String cause, String advice) {
        private static Verdict of(Kind kind) {
            return new Verdict(kind, "", "");
        }

        private static Verdict unconfirmed(String cause) {
            return new Verdict(Kind.UNCONFIRMED, cause, "");
        }
    }

    /**
     * @param maxDeleteRatio the fraction of the known rows (0 to 1) that one read may delete
     */
    MissingRowEvaluator(double maxDeleteRatio, DeleteApproval approval) {
        this.maxDeleteRatio = maxDeleteRatio;
        this.approval = approval;
    }

    /** The decision for a query that returns recent rows: missing rows are evicted, not deleted. */
    Verdict ofQuery(KnownRows rows, SnapshotIntegrity integrity) {
        return rows.missing() == 0 ? Verdict.of(Kind.NONE) : confirmed(rows, integrity);
    }

    private Verdict confirmed(KnownRows rows, SnapshotIntegrity integrity) {
        if (integrity.locked()) {
            return Verdict.of(Kind.GONE);
        }
        String relations = integrity.relationsFingerprint();
        boolean same = !relations.isEmpty() && relations.equals(relationsBefore);
        if (rows.missedBefore() && same) {
            return Verdict.of(Kind.GONE_TWICE);
        }
        return Verdict.unconfirmed(
                same || relationsBefore.isEmpty()
                        ? "what is read could not be locked before its snapshot was taken, so the next read has to miss them too"
                        : "a table that is read was swapped, truncated or rewritten, so the next read has to miss them too");
    }

    /** The decision for a full read. */
    Verdict ofDiff(
            KnownRows rows, SnapshotIntegrity integrity, ReadHistory history, String columns) {
        long missing = rows.missing();
        if (missing == 0) {
            return Verdict.of(Kind.NONE);
        }
        if (!integrity.securityUnchanged()) {
            return Verdict.unconfirmed(
                    "row-level security changed while it was read, or was not known before, so the next read has to miss them too");
        }
        Verdict confirmed = confirmed(rows, integrity);
        if (!confirmed.kind().forgets() || approval.isOpen(history)) {
            return confirmed;
        }
        long before = rows.knownBefore();
        if (securityChanged(integrity, history)) {
            return new Verdict(
                    Kind.STOPPED,
                    "row-level security, a policy or a membership of a role has changed where the source is read, and the read shows %d rows fewer than the %d known before; none of them is deleted"
                            .formatted(missing, before),
                    "If they are to go at the destination too, start once with %s; if not, let the role see them again"
                            .formatted(approval.option()));
        }
        if (before > FEW && missing > maxDeleteRatio * before) {
            return new Verdict(
                    Kind.STOPPED,
                    "the read shows %d rows fewer than the %d known before; more than max_delete_ratio (%s) of them would be deleted, so none is"
                            .formatted(missing, before, maxDeleteRatio),
                    (columnsChanged(history, columns)
                                    ? "The columns have changed since, and rows without a key are known by all of them. "
                                    : "")
                            + "If they are gone for good, start once with "
                            + approval.option());
        }
        return confirmed;
    }

    private static boolean columnsChanged(ReadHistory history, String columns) {
        return history.keyTypes().isEmpty()
                && !history.columns().isEmpty()
                && !history.columns().equals(columns);
    }

    private static boolean securityChanged(SnapshotIntegrity integrity, ReadHistory history) {
        return history.readBefore()
                && !integrity.securityFingerprint().isEmpty()
                && !integrity.securityFingerprint().equals(history.security());
    }

    /**
     * Ends the read after its missing rows were handled.
     *
     * @param kind the decision about them
     * @return the history including this read
     */
    ReadHistory completeRead(
            KnownRows rows,
            SnapshotIntegrity integrity,
            ReadHistory history,
            String columns,
            Kind kind) {
        relationsBefore = integrity.relationsFingerprint();
        rows.endRead();
        ReadHistory read =
                integrity.securityUnchanged()
                        ? history.read(integrity.securityFingerprint(), columns)
                        : history.readUnsettled(columns);
        // an approval applies to the first read that detects deletes, not to a later one
        return approval.isOpen(history) && kind != Kind.UNCONFIRMED
                ? read.using(approval.run())
                : read;
    }
}
