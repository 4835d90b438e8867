package com.evolvishub.cdc.source.locks;

import com.evolvishub.cdc.planner.sql.PollQuery;
import com.evolvishub.cdc.planner.sql.Relation;
import com.evolvishub.cdc.runtime.row.SnapshotIntegrity;
import com.evolvishub.cdc.source.session.CombinedQuery;
import com.evolvishub.cdc.source.session.SourceSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Follows a read of everything, to tell at its end whether its snapshot could see every row. One a
 * mapping; used by the polling thread.
 */
public final class SnapshotIntegrityChecker {

    private static final Pattern CALL =
            Pattern.compile("(?:\"((?:[^\"]|\"\")+)\"|([\\p{L}_][\\p{L}\\p{N}_$]*))\\s*\\(");

    /** Of what may read other relations in each poll, such as a view that is changed. */
    public static final long ANY_EDITION = 0;

    private final RelationLocks locks;
    private final Set<String> called;
    private Set<Long> lockedBefore = Set.of();
    private Set<Long> read = Set.of();
    private String securityBefore = "";
    private String uncoveredReason = "";
    private boolean hasHiddenFiles;
    private long coveredEdition = ANY_EDITION;

    /**
     * @param locks taken before each read
     */
    public SnapshotIntegrityChecker(Relation relation, RelationLocks locks) {
        this.locks = locks;
        this.called = relation instanceof Relation.Query query ? calls(query.query()) : Set.of();
    }

    /** Names before a parenthesis: at least all functions that are called. */
    static Set<String> calls(PollQuery query) {
        Set<String> names = new HashSet<>();
        for (PollQuery.Part part : query.parts()) {
            if (part instanceof PollQuery.Text text) {
                Matcher call = CALL.matcher(text.sql());
                while (call.find()) {
                    names.add(
                            call.group(1) == null
                                    ? call.group(2).toLowerCase(Locale.ROOT)
                                    : call.group(1).replace("\"\"", "\""));
                }
            }
        }
        return names;
    }

    /** To be asked by the statement that takes the snapshot, before anything is read. */
    public CombinedQuery.Question<Set<Long>> beforeRead() {
        String oids = "SELECT oid FROM held UNION " + RowLevelSecurity.list(read);
        String select =
                "WITH held AS MATERIALIZED (%s) SELECT ARRAY(SELECT oid::bigint FROM held), (%s)"
                        .formatted(LockedRelations.OIDS, RowLevelSecurity.select(oids));
        return new CombinedQuery.Question<>(select, 2, this::begin);
    }

    private Set<Long> begin(ResultSet found, int before) throws SQLException {
        lockedBefore = Set.of((Long[]) found.getArray(before + 1).getArray());
        securityBefore = found.getString(before + 2);
        return lockedBefore;
    }

    /**
     * Everything was read; ends the read's transaction.
     *
     * @param edition of a query's description: the same as long as the query reads the same
     *     relations, so that one which was covered by locks need not be looked at again
     */
    public SnapshotIntegrity end(SourceSession session, long poll, long edition)
            throws SQLException {
        boolean same = edition != ANY_EDITION && edition == coveredEdition;
        if (same && securityBefore.isEmpty() && lockedBefore.containsAll(read)) {
            session.endSnapshot();
            return new SnapshotIntegrity(poll, true, "", "", true);
        }
        LockedRelations held = LockedRelations.now(session, called);
        // what was changed while it was read shows behind the snapshot only
        session.endSnapshot();
        read = held.oids();
        // nobody switches it on for what was locked from before the snapshot to here
        boolean without = securityBefore.isEmpty() && lockedBefore.containsAll(read);
        String security = without ? "" : RowLevelSecurity.fingerprint(session, read);
        uncoveredReason = held.uncoveredReason(lockedBefore);
        hasHiddenFiles = held.hasHiddenFiles();
        coveredEdition = uncoveredReason.isEmpty() ? edition : ANY_EDITION;
        locks.addLearned(held, lockedBefore);
        return new SnapshotIntegrity(
                poll,
                uncoveredReason.isEmpty(),
                held.fingerprint(),
                security,
                security.equals(securityBefore));
    }

    /** Why the last read could not be covered by locks, for people; empty: it was. */
    public String uncoveredReason() {
        return uncoveredReason;
    }

    /** Whether the last read came from relations that may be filled anew without it being seen. */
    public boolean hasHiddenFiles() {
        return hasHiddenFiles;
    }
}
