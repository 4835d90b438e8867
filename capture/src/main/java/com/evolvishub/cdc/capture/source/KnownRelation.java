package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.postgres.RelationDescription;
import com.evolvishub.cdc.capture.postgres.RelationReader;
import com.evolvishub.cdc.capture.postgres.SourceSession;
import com.evolvishub.cdc.planner.physical.Relation;
import java.sql.SQLException;

/**
 * What a mapping's table or view looks like, asked anew only when the catalog says that it may have
 * changed. Used by the polling thread.
 */
final class KnownRelation {

    private final Relation.Table table;
    private String version = "";
    private RelationDescription description;

    KnownRelation(Relation.Table table) {
        this.table = table;
    }

    /** What it looks like now: one statement as long as nothing has changed. */
    RelationDescription describe(SourceSession session) throws SQLException {
        RelationReader reader = new RelationReader(session);
        // first the version: a change in between shows at the next poll
        String found = reader.version(table);
        if (found.isEmpty() || !found.equals(version)) {
            version = "";
            description = reader.describe(table);
            version = isBuiltIn(description) ? found : "";
        }
        return description;
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
