package com.evolvishub.cdc.source.facts;

import com.evolvishub.cdc.planner.catalog.DeleteConfirmation;
import com.evolvishub.cdc.planner.catalog.DeleteConfirmation.Kind;
import com.evolvishub.cdc.planner.sql.Relation;
import com.evolvishub.cdc.source.locks.RelationLocks;
import com.evolvishub.cdc.source.locks.SnapshotIntegrityChecker;
import com.evolvishub.cdc.source.session.CombinedQuery;
import com.evolvishub.cdc.source.session.SourceErrorClassifier;
import com.evolvishub.cdc.source.session.SourceSession;
import java.sql.SQLException;

/**
 * Determines whether the locks of a poll cover everything it reads. Takes them as a poll does, and
 * lets the server plan the read without running it. Planning locks what is read, except inside
 * functions.
 */
final class DeleteConfirmationReader {

    private final SourceSession session;

    /** Uses {@code session}, which must not have an open transaction. */
    DeleteConfirmationReader(SourceSession session) {
        this.session = session;
    }

    /**
     * Returns how deletes are confirmed.
     *
     * @param select reads everything; it is planned, not run
     */
    DeleteConfirmation ask(Relation relation, String select) throws SQLException {
        RelationLocks locks = new RelationLocks(relation);
        SnapshotIntegrityChecker integrityChecker = new SnapshotIntegrityChecker(relation, locks);
        try {
            // the first read finds what is locked besides the relation itself
            read(locks, integrityChecker, select);
            if (!integrityChecker.uncoveredReason().isEmpty()) {
                read(locks, integrityChecker, select);
            }
        } catch (SQLException failure) {
            if (!session.isUsable()) {
                throw failure;
            }
            session.endSnapshot();
            return new DeleteConfirmation(
                    Kind.UNKNOWN, SourceErrorClassifier.toException(failure).getMessage());
        }
        if (integrityChecker.uncoveredReason().isEmpty()) {
            return new DeleteConfirmation(Kind.LOCKED, "");
        }
        return new DeleteConfirmation(
                integrityChecker.hasHiddenFiles() ? Kind.BEST_EFFORT : Kind.TWO_READS,
                integrityChecker.uncoveredReason());
    }

    private void read(RelationLocks locks, SnapshotIntegrityChecker integrityChecker, String select)
            throws SQLException {
        locks.explain(session, select);
        locks.begin(session);
        CombinedQuery combined = new CombinedQuery();
        combined.ask(integrityChecker.beforeRead());
        combined.send(session);
        session.execute("EXPLAIN " + select);
        integrityChecker.end(session, 0, SnapshotIntegrityChecker.ANY_EDITION);
    }
}
