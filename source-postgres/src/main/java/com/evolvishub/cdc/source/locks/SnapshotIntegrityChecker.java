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
 * Checks at the end of a full read whether its database snapshot could see every row. One per
 * mapping; used by the polling thread.
 */
public final class SnapshotIntegrityChecker {

    private static final Pattern CALL =
            Pattern.compile("(?:\"((?:[^\"]|\"\")+)\"|([\\p{L}_][\\p{L}\\p{N}_$]*))\\s*\\(");

    /** For reads whose relations may change with each poll, such as those of a changed view. */
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

    /** A query of the statement that takes the database snapshot, before anything is read. */
    public CombinedQuery.Question<Set<Long>> beforeRead() {
        String oids = "SELECT oid FROM held UNION " + RowLevelSecurity.list(read);
        String select =
                "WITH held AS MATERIALIZED (%s) SELECT ARRAY(SELECT oid::bigint FROM held), (%s)"
                        .formatted(LockedRelations.OIDS, RowLevelSecurity.select(oids));
        return new CombinedQuery.Question<>(select, 2, this::begin);
    }

    private Set<Long> begin(ResultSet found, int firstColumn) throws SQLException {
        lockedBefore = Set.of((Long[]) found.getArray(firstColumn + 1).getArray());
        securityBefore = found.getString(firstColumn + 2);
        return lockedBefore;
    }

    /**
     * Ends the transaction of a complete read.
     *
     * @param edition revision of a query's description: the same while the query reads the same
     *     relations, so that a read that was covered by locks need not be checked again
     */
    public SnapshotIntegrity end(SourceSession session, long poll, long edition)
            throws SQLException {
        boolean same = edition != ANY_EDITION && edition == coveredEdition;
        if (same && securityBefore.isEmpty() && lockedBefore.containsAll(read)) {
            session.endSnapshot();
            return new SnapshotIntegrity(poll, true, "", "", true);
        }
        LockedRelations lockedRelations = LockedRelations.now(session, called);
        // changes made during the read are only visible after the database snapshot has ended
        session.endSnapshot();
        read = lockedRelations.oids();
        // it cannot be enabled on relations locked since before the database snapshot
        boolean noSecurity = securityBefore.isEmpty() && lockedBefore.containsAll(read);
        String security = noSecurity ? "" : RowLevelSecurity.fingerprint(session, read);
        uncoveredReason = lockedRelations.uncoveredReason(lockedBefore);
        hasHiddenFiles = lockedRelations.hasHiddenFiles();
        coveredEdition = uncoveredReason.isEmpty() ? edition : ANY_EDITION;
        locks.addLearned(lockedRelations, lockedBefore);
        return new SnapshotIntegrity(
                poll,
                uncoveredReason.isEmpty(),
                lockedRelations.fingerprint(),
                security,
                security.equals(securityBefore));
    }

    /** The human-readable reason why locks did not cover the last read; empty: they did. */
    public String uncoveredReason() {
        return uncoveredReason;
    }

    /** Whether the last read's relations may be refilled without this being visible. */
    public boolean hasHiddenFiles() {
        return hasHiddenFiles;
    }
}
