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
 * Locks what a poll reads before its snapshot is taken: {@code TRUNCATE}, a rewriting {@code ALTER
 * TABLE} and a table swap are not MVCC-safe, and a snapshot that is older than their commit finds
 * an empty table. {@code LOCK TABLE} takes no snapshot, goes down through views and to partitions,
 * and needs {@code SELECT} on the table (PostgreSQL's manual, "LOCK" and "Caveats" of MVCC).
 *
 * <p>Never waits: {@code NOWAIT} here and {@code lock_timeout} in the rest of the poll keep a poll
 * out of lock queues, and keep the server from choosing a user's DDL as the victim of a deadlock.
 *
 * <p>One a mapping; used by the polling thread.
 */
public final class RelationLocks {

    /** A refused lock is asked for again after so many polls: rights may have been granted. */
    private static final int POLLS_UNTIL_ASKED_AGAIN = 100;

    /** insufficient privilege; wrong object type; feature not supported */
    private static final Set<String> REFUSED = Set.of("42501", "42809", "0A000");

    /** undefined table; undefined schema */
    private static final Set<String> MISSING = Set.of("42P01", "3F000");

    private final List<String> root;
    private Set<String> learned = new TreeSet<>();
    private boolean explained;
    private int refusedLists;
    private int pollsSinceRefusal;

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
     * Finds out which relations a query reads, unless that is known: planning locks them.
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
        } catch (SQLException refused) {
            if (!session.isUsable() || SourceErrorClassifier.isLockConflict(refused)) {
                throw refused;
            }
            // planning may fail on what reading never meets; the first read tells
        }
        explained = true;
    }

    /** A query may read other relations than before: it is planned anew before it is locked. */
    public void forgetQuery() {
        if (root.isEmpty()) {
            learned = new TreeSet<>();
            explained = false;
            refusedLists = 0;
        }
    }

    /**
     * Begins a poll's transaction and locks; the snapshot is taken by the next statement.
     *
     * @throws SQLException of state 55P03 if somebody holds a lock that excludes readers
     */
    public void begin(SourceSession session) throws SQLException {
        List<List<String>> lists = lists();
        if (refusedLists > 0 && ++pollsSinceRefusal > POLLS_UNTIL_ASKED_AGAIN) {
            refusedLists = 0;
        }
        while (true) {
            List<String> names = refusedLists < lists.size() ? lists.get(refusedLists) : List.of();
            if (names.isEmpty()) {
                session.beginSnapshot();
                return;
            }
            try {
                session.beginSnapshot(
                        "LOCK TABLE " + String.join(", ", names) + " IN ACCESS SHARE MODE NOWAIT");
                return;
            } catch (SQLException refused) {
                if (!session.isUsable()) {
                    throw refused;
                }
                recordRefusal(refused);
            }
        }
    }

    /**
     * The planner's guess for a read. Planning locks too, one relation after the other, so it is
     * done behind the locks.
     *
     * @throws SQLException of state 55P03 if somebody holds a lock that excludes readers
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

    private void recordRefusal(SQLException refused) throws SQLException {
        String state = String.valueOf(refused.getSQLState());
        if (REFUSED.contains(state) || (MISSING.contains(state) && learned.isEmpty())) {
            // a missing source is told by the read itself
            refusedLists++;
            pollsSinceRefusal = 0;
        } else if (MISSING.contains(state)) {
            // dropped or renamed since it was seen
            learned = new TreeSet<>();
            explained = false;
            refusedLists = 0;
        } else {
            throw refused;
        }
    }

    /** What to lock; when one list is refused, the next. */
    private List<List<String>> lists() {
        List<String> all = new ArrayList<>(root);
        learned.stream().filter(name -> !root.contains(name)).forEach(all::add);
        return learned.isEmpty() || root.isEmpty() ? List.of(all) : List.of(all, root);
    }

    /** Takes up what a read has locked itself, to lock it before the next one. */
    void addLearned(LockedRelations read, Set<Long> lockedBefore) {
        Set<String> names = new TreeSet<>();
        for (LockedRelation held : read.relations()) {
            boolean own = !lockedBefore.contains(held.oid()) || learned.contains(held.name());
            if (held.isLockable() && !held.implied() && own) {
                names.add(held.name());
            }
        }
        if (!names.equals(learned)) {
            learned = names;
            refusedLists = 0;
        }
    }

    /** Names of what is locked, as far as they are known. */
    List<String> names() {
        List<String> all = new ArrayList<>(root);
        all.addAll(learned);
        return all;
    }
}
