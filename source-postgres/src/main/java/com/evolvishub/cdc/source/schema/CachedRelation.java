package com.evolvishub.cdc.source.schema;

import com.evolvishub.cdc.planner.sql.Relation;
import com.evolvishub.cdc.source.catalog.QueryPlaceholders;
import com.evolvishub.cdc.source.catalog.RelationDescriber;
import com.evolvishub.cdc.source.catalog.RelationDescription;
import com.evolvishub.cdc.source.locks.DescribedQuery;
import com.evolvishub.cdc.source.session.CombinedQuery;
import com.evolvishub.cdc.source.session.CombinedQuery.Answer;
import com.evolvishub.cdc.source.session.SourceSession;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The description of a mapping's table, view or query, read again only when the catalog shows a
 * possible change. The check runs after the lock is taken, so that the description cannot change
 * any more. Used by the polling thread.
 */
public final class CachedRelation {

    private final Relation relation;
    private String version = "";
    private RelationDescription description;
    private DescribedQuery query;
    private long revision;

    public CachedRelation(Relation relation) {
        this.relation = relation;
    }

    /** The cached description; {@link #takeSnapshot} checks that it is still valid. */
    public RelationDescription describe(SourceSession session) throws SQLException {
        if (description == null) {
            revision++;
            if (relation instanceof Relation.Query userQuery) {
                query = DescribedQuery.of(session, userQuery.query());
                version = query.version();
                description = query.description();
                return description;
            }
            Relation.Table table = (Relation.Table) relation;
            RelationDescriber describer = new RelationDescriber(session);
            // the version first: a change in between is then detected after the lock is taken
            version = describer.version(table);
            description = describer.describe(table);
        }
        return description;
    }

    /**
     * Takes a database snapshot, and compares the version.
     *
     * @param first other queries of the same statement
     */
    public void takeSnapshot(SourceSession session, CombinedQuery first)
            throws SQLException, RelationChangedException {
        Answer<String> currentVersion =
                first.ask(
                        relation instanceof Relation.Table table
                                ? RelationDescriber.versionOf(table)
                                : query.versionNow());
        first.send(session);
        if (!currentVersion.get().equals(version)) {
            invalidate();
            throw new RelationChangedException();
        }
        if (!isBuiltIn(description)) {
            invalidate();
        }
    }

    /** The placeholders of the described query; empty where a table is read. */
    public Optional<QueryPlaceholders> placeholders() {
        return Optional.ofNullable(query).map(DescribedQuery::placeholders);
    }

    /** Changes whenever the relation is described again. */
    public long revision() {
        return revision;
    }

    /** Discards the description: it was the cause of a problem that may be fixed by then. */
    public void invalidate() {
        description = null;
    }

    /** A user's type may change without its table: such relations are described at every poll. */
    private static boolean isBuiltIn(RelationDescription described) {
        return described.columns().stream()
                .allMatch(
                        column ->
                                Integer.toUnsignedLong(column.type().oid())
                                        < RelationDescriber.FIRST_USER_TYPE);
    }
}
