package com.evolvishub.cdc.source.locks;

import com.evolvishub.cdc.planner.sql.Relation;
import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import com.evolvishub.cdc.source.catalog.RelationDescriber;
import com.evolvishub.cdc.source.locks.LockedRelations.LockedRelation;
import com.evolvishub.cdc.source.session.SourceErrorClassifier;
import com.evolvishub.cdc.source.session.SourceSession;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Locks the relations of a poll before its database snapshot is taken: {@code TRUNCATE}, a
 * rewriting {@code ALTER TABLE} and a table swap are not MVCC-safe, and a snapshot that is older
 * than their commit sees an empty table. {@code LOCK TABLE} takes no snapshot, includes the
 * relations below views and partitions, and needs {@code SELECT} on the table (PostgreSQL's manual,
 * "LOCK" and "Caveats" of MVCC).
 *
 * <p>Never waits: {@code NOWAIT} here and {@code lock_timeout} in the rest of the poll keep a poll
 * out of lock queues, and keep the server from choosing a user's DDL as the victim of a deadlock.
 *
 * <p>One per mapping; used by the polling thread.
 */
public final class RelationLocks {

    /**
     * A rejected lock is requested again after this many polls: privileges may have been granted.
     */
    private static final int POLLS_UNTIL_RETRY = 100;

    /** insufficient privilege; wrong object type; feature not supported */
    private static final Set<String> REJECTED = Set.of("42501", "42809", "0A000");

    /** undefined table; undefined schema */
    private static final Set<String> MISSING = Set.of("42P01", "3F000");

    private final List<String> root;
    private Set<String> foundRelations = new TreeSet<>();
    private boolean explained;
    private int rejectedLists;
    private int pollsSinceRejection;

    /**
     * @param relation what the mapping reads
     */
    public RelationLocks(Relation relation) {
        root =
                relation instanceof Relation.Table table
                        ? List.of(SqlIdentifier.quote(table.schema(), table.name()))
                        : List.of();
    }

    /**
     * Finds the relations that a query reads, unless they are known: planning locks them.
     *
     * @param select planned, not run
     */
    public void explain(SourceSession session, String select) throws SQLException {
        if (!root.isEmpty() || explained) {
            return;
        }
        try {
            addLearned(
                    session.inTransaction(
                            () -> {
                                session.execute("EXPLAIN " + select);
                                return LockedRelations.now(session, Set.of());
                            }),
                    Set.of());
        } catch (SQLException failure) {
            if (!session.isUsable() || SourceErrorClassifier.isLockConflict(failure)) {
                throw failure;
            }
            // planning may fail where reading does not; then the first read finds the relations
        }
        explained = true;
    }

    /**
     * Discards the relations of a query that may have changed: it is planned again before it is
     * locked.
     */
    public void forgetQuery() {
        if (root.isEmpty()) {
            foundRelations = new TreeSet<>();
            explained = false;
            rejectedLists = 0;
        }
    }

    /**
     * Begins a poll's transaction and locks; the next statement takes the database snapshot.
     *
     * @throws SQLException with state 55P03 if another session holds a lock that blocks readers
     */
    public void begin(SourceSession session) throws SQLException {
        List<List<String>> lists = lists();
        if (rejectedLists > 0 && ++pollsSinceRejection > POLLS_UNTIL_RETRY) {
            rejectedLists = 0;
        }
        while (true) {
            List<String> names =
                    rejectedLists < lists.size() ? lists.get(rejectedLists) : List.of();
            if (names.isEmpty()) {
                session.beginSnapshot();
                return;
            }
            try {
                session.beginSnapshot(
                        "LOCK TABLE " + String.join(", ", names) + " IN ACCESS SHARE MODE NOWAIT");
                return;
            } catch (SQLException failure) {
                if (!session.isUsable()) {
                    throw failure;
                }
                recordRejection(failure);
            }
        }
    }

    /**
     * The planner's estimate for a read. Planning locks relations one by one, so it is done after
     * the locks are taken.
     *
     * @throws SQLException with state 55P03 if another session holds a lock that blocks readers
     */
    public long estimatedRows(SourceSession session, String select) throws SQLException {
        begin(session);
        try {
            return new RelationDescriber(session).estimatedRows(select);
        } finally {
            if (session.isUsable()) {
                session.endSnapshot();
            }
        }
    }

    private void recordRejection(SQLException failure) throws SQLException {
        String state = String.valueOf(failure.getSQLState());
        if (REJECTED.contains(state) || (MISSING.contains(state) && foundRelations.isEmpty())) {
            // the read itself reports a missing source
            rejectedLists++;
            pollsSinceRejection = 0;
        } else if (MISSING.contains(state)) {
            // dropped or renamed since it was found
            foundRelations = new TreeSet<>();
            explained = false;
            rejectedLists = 0;
        } else {
            throw failure;
        }
    }

    /** The relations to lock; if one list is rejected, the next is used. */
    private List<List<String>> lists() {
        List<String> all = new ArrayList<>(root);
        foundRelations.stream().filter(name -> !root.contains(name)).forEach(all::add);
        return foundRelations.isEmpty() || root.isEmpty() ? List.of(all) : List.of(all, root);
    }

    /** Adds relations that a read has locked itself, to lock them before the next read. */
    void addLearned(LockedRelations read, Set<Long> lockedBefore) {
        Set<String> names = new TreeSet<>();
        for (LockedRelation relation : read.relations()) {
            boolean needsLock =
                    !lockedBefore.contains(relation.oid())
                            || foundRelations.contains(relation.name());
            if (relation.isLockable() && !relation.implied() && needsLock) {
                names.add(relation.name());
            }
        }
        if (!names.equals(foundRelations)) {
            foundRelations = names;
            rejectedLists = 0;
        }
    }

    /** Names of the locked relations, as far as they are known. */
    List<String> names() {
        List<String> all = new ArrayList<>(root);
        all.addAll(foundRelations);
        return all;
    }
}
