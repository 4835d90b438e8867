package com.evolvishub.cdc.source.locks;

import com.evolvishub.cdc.source.session.SourceSession;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The version of materialized views at one moment, to detect a refresh later. A plain refresh gives
 * a view a new file. A concurrent one, which needs a unique index on the view, writes rows into the
 * old file, with the id of its transaction.
 *
 * @param views one for each view
 * @param snapshot the server's snapshot: while it is the same, no transaction has ended
 * @param xmin transactions below it had ended; 32 bits, as in rows
 */
public record MaterializedViewVersion(List<View> views, String snapshot, long xmin) {

    private static final String SQL =
            """
            SELECT pg_catalog.pg_current_snapshot()::text,
              pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text::bigint %% 4294967296,
              c.oid, pg_catalog.pg_relation_filenode(c.oid),
              EXISTS (SELECT FROM pg_catalog.pg_index i
                WHERE i.indrelid = c.oid AND i.indisunique),
              pg_catalog.has_table_privilege(c.oid, 'SELECT')
                AND pg_catalog.has_schema_privilege(c.relnamespace, 'USAGE'),
              pg_catalog.format('%%I.%%I', n.nspname, c.relname)
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.oid IN (%s) ORDER BY c.oid
            """;

    /**
     * One view.
     *
     * @param oid its object id
     * @param file the number of its file
     * @param concurrently whether a refresh may keep the file
     * @param readable whether the role may read the view's rows
     * @param name quoted
     */
    public record View(long oid, long file, boolean concurrently, boolean readable, String name) {}

    public MaterializedViewVersion {
        views = List.copyOf(views);
    }

    /**
     * Reads the version before a database snapshot is taken: a later refresh is detected at the
     * next poll.
     */
    public static MaterializedViewVersion at(SourceSession session, List<Long> oids)
            throws SQLException {
        String list = String.join(", ", oids.stream().map(String::valueOf).toList());
        return session.query(
                SQL.formatted(list),
                found -> {
                    List<View> views = new ArrayList<>();
                    String snapshot = "";
                    long xmin = 0;
                    while (found.next()) {
                        snapshot = found.getString(1);
                        xmin = found.getLong(2);
                        views.add(
                                new View(
                                        found.getLong(3),
                                        found.getLong(4),
                                        found.getBoolean(5),
                                        found.getBoolean(6),
                                        found.getString(7)));
                    }
                    return new MaterializedViewVersion(views, snapshot, xmin);
                });
    }

    /** Whether one of the views may have been refreshed between this version and a later one. */
    public boolean mayDiffer(SourceSession session, MaterializedViewVersion later)
            throws SQLException {
        if (!views.equals(later.views)) {
            return true;
        }
        if (snapshot.equals(later.snapshot)) {
            return false;
        }
        for (View view : views) {
            if (view.concurrently() && (!view.readable() || hasNewRows(session, view))) {
                return true;
            }
        }
        return false;
    }

    private boolean hasNewRows(SourceSession session, View view) throws SQLException {
        return session.askForText(
                        "SELECT 'new' FROM %s WHERE pg_catalog.age(xmin) <= pg_catalog.age('%d'::xid) LIMIT 1"
                                .formatted(view.name(), xmin))
                .isPresent();
    }
}
