package com.evolvishub.cdc.source.locks;

import com.evolvishub.cdc.planner.sql.PollQuery;
import com.evolvishub.cdc.source.catalog.QueryDescriber;
import com.evolvishub.cdc.source.catalog.QueryPlaceholders;
import com.evolvishub.cdc.source.catalog.RelationDescription;
import com.evolvishub.cdc.source.session.CombinedQuery;
import com.evolvishub.cdc.source.session.SourceException;
import com.evolvishub.cdc.source.session.SourceSession;
import java.sql.SQLException;
import java.util.Set;

/** A user's query as the database describes it, and what that description depends on. */
public final class DescribedQuery {

    /** Classes of what parsing says of a query whose places have no type of their own. */
    private static final Set<String> UNDECIDED = Set.of("42", "22", "0A");

    /**
     * No table, column or type of that name, or no right: that says nothing of the places. Were it
     * taken for that, and the table there a moment later, a {@code date} would be compared with a
     * moment of the day from then on, and rows of today would be missed.
     */
    private static final Set<String> NOT_THERE = Set.of("42P01", "42703", "42704", "42501");

    private final RelationDescription description;
    private final QueryPlaceholders placeholders;
    private final QueryVersion version;

    private DescribedQuery(
            RelationDescription description, QueryPlaceholders places, QueryVersion version) {
        this.description = description;
        this.placeholders = places;
        this.version = version;
    }

    /**
     * Has the database describe a query. Parsing locks what it reads, so types, columns and version
     * belong together.
     *
     * @param session in no transaction
     * @throws SourceException if it is no query, or a name stands twice in its columns
     */
    public static DescribedQuery of(SourceSession session, PollQuery query) throws SQLException {
        QueryPlaceholders[] typed = new QueryPlaceholders[1];
        try {
            return session.inTransaction(
                    () -> {
                        typed[0] = QueryPlaceholders.parsed(session, query);
                        return described(session, query, typed[0]);
                    });
        } catch (SQLException refused) {
            if (typed[0] != null || !session.isUsable() || !isUndecided(refused)) {
                throw refused;
            }
        }
        return session.inTransaction(
                () -> described(session, query, QueryPlaceholders.untyped(query)));
    }

    private static boolean isUndecided(SQLException refused) {
        String state = String.valueOf(refused.getSQLState());
        return UNDECIDED.contains(state.substring(0, 2)) && !NOT_THERE.contains(state);
    }

    private static DescribedQuery described(
            SourceSession session, PollQuery query, QueryPlaceholders places) throws SQLException {
        QueryVersion[] version = new QueryVersion[1];
        RelationDescription description =
                new QueryDescriber(session)
                        .describe(
                                places.sample(),
                                () -> {
                                    Set<String> called = SnapshotIntegrityChecker.calls(query);
                                    version[0] = QueryVersion.ofParsed(session, called);
                                });
        return new DescribedQuery(description, places, version[0]);
    }

    /** The query's columns. */
    public RelationDescription description() {
        return description;
    }

    /** The query's places, with their types. */
    public QueryPlaceholders placeholders() {
        return placeholders;
    }

    /** A text that is another one than {@link #version} once the description may be outdated. */
    public CombinedQuery.Question<String> versionNow() {
        return version.textNow();
    }

    /** See {@link #versionNow}. */
    public String version() {
        return version.text();
    }
}
