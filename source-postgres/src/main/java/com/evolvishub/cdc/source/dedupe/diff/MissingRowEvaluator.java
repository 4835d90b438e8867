package com.evolvishub.cdc.source.dedupe.diff;

import com.evolvishub.cdc.runtime.row.SnapshotIntegrity;

/**
 * Judges whether rows that a complete read has not shown are gone at the source.
 *
 * <p>A snapshot that is older than the commit of a {@code TRUNCATE}, of a rewriting {@code ALTER
 * TABLE} or of a table swap finds an empty table. So missing rows are believed to be gone if all
 * that was read was locked before the snapshot, or else if two complete reads in a row have missed
 * them that read the same files of the same relations.
 *
 * <p>Not thread-safe. What it knows of the last read is on the heap: after a restore two reads are
 * needed again.
 */
final class MissingRowEvaluator {

    /** Below that many rows a table may well be emptied. */
    private static final long FEW = 100;

    private final double maxDeleteRatio;
    private final DeleteApproval approval;
    private String relationsBefore = "";

    /** What is to be done about them. */
    enum Kind {
        /** There are none. */
        NONE,
        /** The next read has to miss them too. */
        UNCONFIRMED,
        /** They may not be deleted before somebody says so. */
        STOPPED,
        /** They are gone. */
        GONE,
        /** Those that the last read has missed too are gone. */
        GONE_TWICE;

        boolean forgets() {
            return this == GONE || this == GONE_TWICE;
        }
    }

    /**
     * A judgement.
     *
     * @param cause for people, where there is one
     * @param advice what stands behind the first keys
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
     * @param maxDeleteRatio the part of the known rows (0 to 1) that one read may delete
     */
    MissingRowEvaluator(double maxDeleteRatio, DeleteApproval approval) {
        this.maxDeleteRatio = maxDeleteRatio;
        this.approval = approval;
    }

    /** Of a query that shows what is recent: they are forgotten, not deleted. */
    Verdict ofQuery(KnownRows rows, SnapshotIntegrity coverage) {
        return rows.missing() == 0 ? Verdict.of(Kind.NONE) : confirmed(rows, coverage);
    }

    private Verdict confirmed(KnownRows rows, SnapshotIntegrity coverage) {
        if (coverage.locked()) {
            return Verdict.of(Kind.GONE);
        }
        String relations = coverage.relationsFingerprint();
        boolean same = !relations.isEmpty() && relations.equals(relationsBefore);
        if (rows.missedBefore() && same) {
            return Verdict.of(Kind.GONE_TWICE);
        }
        return Verdict.unconfirmed(
                same || relationsBefore.isEmpty()
                        ? "what is read could not be locked before its snapshot was taken, so the next read has to miss them too"
                        : "a table that is read was swapped, truncated or rewritten, so the next read has to miss them too");
    }

    /** Of a read of everything. */
    Verdict ofDiff(
            KnownRows rows, SnapshotIntegrity coverage, ReadHistory history, String columns) {
        long missing = rows.missing();
        if (missing == 0) {
            return Verdict.of(Kind.NONE);
        }
        if (!coverage.securityUnchanged()) {
            return Verdict.unconfirmed(
                    "row-level security changed while it was read, or was not known before, so the next read has to miss them too");
        }
        Verdict confirmed = confirmed(rows, coverage);
        if (!confirmed.kind().forgets() || approval.isOpen(history)) {
            return confirmed;
        }
        long before = rows.knownBefore();
        if (isNewlyGuarded(coverage, history)) {
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
                    (isRewritten(history, columns)
                                    ? "The columns have changed since, and rows without a key are known by all of them. "
                                    : "")
                            + "If they are gone for good, start once with "
                            + approval.option());
        }
        return confirmed;
    }

    private static boolean isRewritten(ReadHistory history, String columns) {
        return history.keyTypes().isEmpty()
                && !history.columns().isEmpty()
                && !history.columns().equals(columns);
    }

    private static boolean isNewlyGuarded(SnapshotIntegrity coverage, ReadHistory history) {
        return history.readBefore()
                && !coverage.securityFingerprint().isEmpty()
                && !coverage.securityFingerprint().equals(history.security());
    }

    /**
     * The read is over, and what it missed is dealt with.
     *
     * @param kind how that was judged
     * @return the history with it
     */
    ReadHistory completeRead(
            KnownRows rows,
            SnapshotIntegrity coverage,
            ReadHistory history,
            String columns,
            Kind kind) {
        relationsBefore = coverage.relationsFingerprint();
        rows.endRead();
        ReadHistory read =
                coverage.securityUnchanged()
                        ? history.read(coverage.securityFingerprint(), columns)
                        : history.readUnsettled(columns);
        // an approval is for the first read that tells what is gone, not for one in three days
        return approval.isOpen(history) && kind != Kind.UNCONFIRMED
                ? read.using(approval.run())
                : read;
    }
}
