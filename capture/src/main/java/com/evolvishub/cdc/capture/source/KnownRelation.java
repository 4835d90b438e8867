package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.postgres.RelationDescription;
import com.evolvishub.cdc.capture.postgres.RelationReader;
import com.evolvishub.cdc.capture.postgres.SnapshotStatement;
import com.evolvishub.cdc.capture.postgres.SnapshotStatement.Answer;
import com.evolvishub.cdc.capture.postgres.SourceSession;
import com.evolvishub.cdc.planner.physical.Relation;
import java.sql.SQLException;

/**
 * What a mapping's table or view looks like, asked anew only when the catalog says that it may have
 * changed: behind the lock, where it can change no more. Used by the polling thread.
 */
final class KnownRelation {

    private final Relation relation;
    private String version = "";
    private RelationDescription description;

    KnownRelation(Relation relation) {
        this.relation = relation;
    }

    /**
     * What it looked like when it was last asked; {@link #takeSnapshot} tells whether it still
     * does.
     */
    RelationDescription describe(SourceSession session) throws SQLException {
        if (description == null) {
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
        if (!(relation instanceof Relation.Table table)) {
            first.send(session);
            return;
        }
        Answer<String> found = first.ask(RelationReader.versionOf(table));
        first.send(session);
        if (!found.get().equals(version)) {
            forget();
            throw new ChangedRelationException();
        }
        if (!isBuiltIn(description)) {
            forget();
        }
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
