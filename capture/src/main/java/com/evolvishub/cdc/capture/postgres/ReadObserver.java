package com.evolvishub.cdc.capture.postgres;

import com.evolvishub.cdc.flow.ReadCoverage;
import com.evolvishub.cdc.planner.physical.PollQuery;
import com.evolvishub.cdc.planner.physical.Relation;
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
public final class ReadObserver {

    private static final Pattern CALL =
            Pattern.compile("(?:\"((?:[^\"]|\"\")+)\"|([\\p{L}_][\\p{L}\\p{N}_$]*))\\s*\\(");

    /** Of what may read other relations in each poll, such as a view that is changed. */
    public static final long ANY_EDITION = 0;

    private final RelationLocks locks;
    private final Set<String> called;
    private Set<Long> lockedBefore = Set.of();
    private Set<Long> read = Set.of();
    private String securityBefore = "";
    private String gap = "";
    private boolean hidesFiles;
    private long coveredEdition = ANY_EDITION;

    /**
     * @param locks taken before each read
     */
    public ReadObserver(Relation relation, RelationLocks locks) {
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
    public SnapshotStatement.Question<Set<Long>> beforeRead() {
        String oids = "SELECT oid FROM held UNION " + RowSecurity.list(read);
        String select =
                "WITH held AS MATERIALIZED (%s) SELECT ARRAY(SELECT oid::bigint FROM held), (%s)"
                        .formatted(HeldRelations.OIDS, RowSecurity.select(oids));
        return new SnapshotStatement.Question<>(select, 2, this::begin);
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
    public ReadCoverage end(SourceSession session, long poll, long edition) throws SQLException {
        boolean same = edition != ANY_EDITION && edition == coveredEdition;
        if (same && securityBefore.isEmpty() && lockedBefore.containsAll(read)) {
            session.endSnapshot();
            return new ReadCoverage(poll, true, "", "", true);
        }
        HeldRelations held = HeldRelations.now(session, called);
        // what was changed while it was read shows behind the snapshot only
        session.endSnapshot();
        read = held.oids();
        // nobody switches it on for what was locked from before the snapshot to here
        boolean without = securityBefore.isEmpty() && lockedBefore.containsAll(read);
        String security = without ? "" : RowSecurity.fingerprint(session, read);
        gap = held.gap(lockedBefore);
        hidesFiles = held.hidesFiles();
        coveredEdition = gap.isEmpty() ? edition : ANY_EDITION;
        locks.learn(held, lockedBefore);
        return new ReadCoverage(
                poll, gap.isEmpty(), held.fingerprint(), security, security.equals(securityBefore));
    }

    /** Why the last read could not be covered by locks, for people; empty: it was. */
    public String gap() {
        return gap;
    }

    /** Whether the last read came from relations that may be filled anew without it being seen. */
    boolean hidesFiles() {
        return hidesFiles;
    }
}
