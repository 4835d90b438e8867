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
 * What a mapping's table, view or query looks like, asked anew only when the catalog says that it
 * may have changed: behind the lock, where it can change no more. Used by the polling thread.
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

    /**
     * What it looked like when it was last asked; {@link #takeSnapshot} tells whether it still
     * does.
     */
    public RelationDescription describe(SourceSession session) throws SQLException {
        if (description == null) {
            revision++;
            if (relation instanceof Relation.Query asked) {
                query = DescribedQuery.of(session, asked.query());
                version = query.version();
                description = query.description();
                return description;
            }
            Relation.Table table = (Relation.Table) relation;
            RelationDescriber reader = new RelationDescriber(session);
            // first the version: a change in between shows behind the lock
            version = reader.version(table);
            description = reader.describe(table);
        }
        return description;
    }

    /**
     * Takes a snapshot, and compares.
     *
     * @param first what is asked besides
     */
    public void takeSnapshot(SourceSession session, CombinedQuery first)
            throws SQLException, RelationChangedException {
        Answer<String> found =
                first.ask(
                        relation instanceof Relation.Table table
                                ? RelationDescriber.versionOf(table)
                                : query.versionNow());
        first.send(session);
        if (!found.get().equals(version)) {
            invalidate();
            throw new RelationChangedException();
        }
        if (!isBuiltIn(description)) {
            invalidate();
        }
    }

    /** The places of a query, as it was described; nothing where a table is read. */
    public Optional<QueryPlaceholders> placeholders() {
        return Optional.ofNullable(query).map(DescribedQuery::placeholders);
    }

    /** Another number whenever it was described anew. */
    public long revision() {
        return revision;
    }

    /** Has it asked anew: something about it was not as it should be, and may be mended. */
    public void invalidate() {
        description = null;
    }

    /** A user's type may change without its table: it is asked for at every poll. */
    private static boolean isBuiltIn(RelationDescription described) {
        return described.columns().stream()
                .allMatch(
                        column ->
                                Integer.toUnsignedLong(column.type().oid())
                                        < RelationDescriber.FIRST_USER_TYPE);
    }
}
