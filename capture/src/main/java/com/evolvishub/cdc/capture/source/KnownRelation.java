package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.postgres.DescribedQuery;
import com.evolvishub.cdc.capture.postgres.QueryPlaces;
import com.evolvishub.cdc.capture.postgres.RelationDescription;
import com.evolvishub.cdc.capture.postgres.RelationReader;
import com.evolvishub.cdc.capture.postgres.SnapshotStatement;
import com.evolvishub.cdc.capture.postgres.SnapshotStatement.Answer;
import com.evolvishub.cdc.capture.postgres.SourceSession;
import com.evolvishub.cdc.planner.physical.Relation;
import java.sql.SQLException;
import java.util.Optional;

/**
 * What a mapping's table, view or query looks like, asked anew only when the catalog says that it
 * may have changed: behind the lock, where it can change no more. Used by the polling thread.
 */
final class KnownRelation {

    private final Relation relation;
    private String version = "";
    private RelationDescription description;
    private DescribedQuery query;
    private long edition;

    KnownRelation(Relation relation) {
        this.relation = relation;
    }

    /**
     * What it looked like when it was last asked; {@link #takeSnapshot} tells whether it still
     * does.
     */
    RelationDescription describe(SourceSession session) throws SQLException {
        if (description == null) {
            edition++;
            if (relation instanceof Relation.Query asked) {
                query = DescribedQuery.of(session, asked.query());
                version = query.version();
                description = query.description();
                return description;
            }
            Relation.Table table = (Relation.Table) relation;
            RelationReader reader = new RelationReader(session);
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
    void takeSnapshot(SourceSession session, SnapshotStatement first)
            throws SQLException, ChangedRelationException {
        Answer<String> found =
                first.ask(
                        relation instanceof Relation.Table table
                                ? RelationReader.versionOf(table)
                                : query.versionNow());
        first.send(session);
        if (!found.get().equals(version)) {
            forget();
            throw new ChangedRelationException();
        }
        if (!isBuiltIn(description)) {
            forget();
        }
    }

    /** The places of a query, as it was described; nothing where a table is read. */
    Optional<QueryPlaces> places() {
        return Optional.ofNullable(query).map(DescribedQuery::places);
    }

    /** Another number whenever it was described anew. */
    long edition() {
        return edition;
    }

    /** Has it asked anew: something about it was not as it should be, and may be mended. */
    void forget() {
        description = null;
    }

    /** A user's type may change without its table: it is asked for at every poll. */
    private static boolean isBuiltIn(RelationDescription described) {
        return described.columns().stream()
                .allMatch(
                        column ->
                                Integer.toUnsignedLong(column.type().oid())
                                        < RelationReader.FIRST_USER_TYPE);
    }
}
