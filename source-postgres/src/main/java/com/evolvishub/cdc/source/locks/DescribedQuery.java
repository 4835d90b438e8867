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

/**
 * A user's query as the database describes it, and the version of what the description depends on.
 */
public final class DescribedQuery {

    /** SQLSTATE classes of parse errors that may come from placeholders without a type. */
    private static final Set<String> TYPE_ERRORS = Set.of("42", "22", "0A");

    /**
     * SQLSTATEs of a missing table, column, type or privilege, which say nothing about
     * placeholders. Otherwise, if the table were created a moment later, a {@code date} would be
     * compared with a time of day from then on, and rows of the current day would be missed.
     */
    private static final Set<String> MISSING_OBJECT = Set.of("42P01", "42703", "42704", "42501");

    private final RelationDescription description;
    private final QueryPlaceholders placeholders;
    private final QueryVersion version;

    private DescribedQuery(
            RelationDescription description, QueryPlaceholders placeholders, QueryVersion version) {
        this.description = description;
        this.placeholders = placeholders;
        this.version = version;
    }

    /**
     * Lets the database describe a query. Parsing locks the relations, so types, columns and
     * version belong together.
     *
     * @param session without an open transaction
     * @throws SourceException if it is no query, or a column name occurs twice
     */
    public static DescribedQuery of(SourceSession session, PollQuery query) throws SQLException {
        QueryPlaceholders[] typed = new QueryPlaceholders[1];
        try {
            return session.inTransaction(
                    () -> {
                        typed[0] = QueryPlaceholders.parsed(session, query);
                        return described(session, query, typed[0]);
                    });
        } catch (SQLException failure) {
            if (typed[0] != null || !session.isUsable() || !mayNeedTypes(failure)) {
                throw failure;
            }
        }
        return session.inTransaction(
                () -> described(session, query, QueryPlaceholders.untyped(query)));
    }

    private static boolean mayNeedTypes(SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        return TYPE_ERRORS.contains(state.substring(0, 2)) && !MISSING_OBJECT.contains(state);
    }

    private static DescribedQuery described(
            SourceSession session, PollQuery query, QueryPlaceholders placeholders)
            throws SQLException {
        QueryVersion[] version = new QueryVersion[1];
        RelationDescription description =
                new QueryDescriber(session)
                        .describe(
                                placeholders.sample(),
                                () -> {
                                    Set<String> calledFunctions =
                                            SnapshotIntegrityChecker.calls(query);
                                    version[0] = QueryVersion.ofParsed(session, calledFunctions);
                                });
        return new DescribedQuery(description, placeholders, version[0]);
    }

    /** The query's columns. */
    public RelationDescription description() {
        return description;
    }

    /** The query's placeholders, with their types. */
    public QueryPlaceholders placeholders() {
        return placeholders;
    }

    /**
     * A query for the current version: it differs from {@link #version} if the description may be
     * outdated.
     */
    public CombinedQuery.Question<String> versionNow() {
        return version.textNow();
    }

    /** See {@link #versionNow}. */
    public String version() {
        return version.text();
    }
}
