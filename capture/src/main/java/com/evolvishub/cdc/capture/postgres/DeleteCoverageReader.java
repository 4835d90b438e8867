package com.evolvishub.cdc.capture.postgres;

import com.evolvishub.cdc.planner.logical.DeleteCoverage;
import com.evolvishub.cdc.planner.logical.DeleteCoverage.Kind;
import com.evolvishub.cdc.planner.physical.Relation;
import java.sql.SQLException;

/**
 * Finds out whether the locks of a poll cover all that it reads: takes them as a poll does, and has
 * the read planned instead of run. Planning locks what is read, except inside functions.
 */
final class DeleteCoverageReader {

    private final SourceSession session;

    /** Asks through {@code session}, which must not be in a transaction. */
    DeleteCoverageReader(SourceSession session) {
        this.session = session;
    }

    /**
     * The answer.
     *
     * @param select reads all of it; it is planned, not run
     */
    DeleteCoverage ask(Relation relation, String select) throws SQLException {
        RelationLocks locks = new RelationLocks(relation);
        ReadObserver observer = new ReadObserver(relation, locks);
        try {
            // the first one finds what a read locks besides the relation itself
            read(locks, observer, select);
            if (!observer.gap().isEmpty()) {
                read(locks, observer, select);
            }
        } catch (SQLException refused) {
            if (!session.isUsable()) {
                throw refused;
            }
            session.endSnapshot();
            return new DeleteCoverage(Kind.UNKNOWN, SourceFailure.of(refused).getMessage());
        }
        if (observer.gap().isEmpty()) {
            return new DeleteCoverage(Kind.LOCKED, "");
        }
        return new DeleteCoverage(
                observer.hidesFiles() ? Kind.BEST_EFFORT : Kind.TWO_READS, observer.gap());
    }

    private void read(RelationLocks locks, ReadObserver observer, String select)
            throws SQLException {
        locks.explain(session, select);
        locks.begin(session);
        SnapshotStatement taking = new SnapshotStatement();
        taking.ask(observer.beforeRead());
        taking.send(session);
        session.execute("EXPLAIN " + select);
        observer.end(session, 0, ReadObserver.ANY_EDITION);
    }
}
