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
 * Finds out whether the locks of a poll cover all that it reads: takes them as a poll does, and has
 * the read planned instead of run. Planning locks what is read, except inside functions.
 */
final class DeleteConfirmationReader {

    private final SourceSession session;

    /** Asks through {@code session}, which must not be in a transaction. */
    DeleteConfirmationReader(SourceSession session) {
        this.session = session;
    }

    /**
     * The answer.
     *
     * @param select reads all of it; it is planned, not run
     */
    DeleteConfirmation ask(Relation relation, String select) throws SQLException {
        RelationLocks locks = new RelationLocks(relation);
        SnapshotIntegrityChecker observer = new SnapshotIntegrityChecker(relation, locks);
        try {
            // the first one finds what a read locks besides the relation itself
            read(locks, observer, select);
            if (!observer.uncoveredReason().isEmpty()) {
                read(locks, observer, select);
            }
        } catch (SQLException refused) {
            if (!session.isUsable()) {
                throw refused;
            }
            session.endSnapshot();
            return new DeleteConfirmation(
                    Kind.UNKNOWN, SourceErrorClassifier.toException(refused).getMessage());
        }
        if (observer.uncoveredReason().isEmpty()) {
            return new DeleteConfirmation(Kind.LOCKED, "");
        }
        return new DeleteConfirmation(
                observer.hasHiddenFiles() ? Kind.BEST_EFFORT : Kind.TWO_READS,
                observer.uncoveredReason());
    }

    private void read(RelationLocks locks, SnapshotIntegrityChecker observer, String select)
            throws SQLException {
        locks.explain(session, select);
        locks.begin(session);
        CombinedQuery taking = new CombinedQuery();
        taking.ask(observer.beforeRead());
        taking.send(session);
        session.execute("EXPLAIN " + select);
        observer.end(session, 0, SnapshotIntegrityChecker.ANY_EDITION);
    }
}
