package com.evolvishub.cdc.source.locks;

import com.evolvishub.cdc.source.session.SourceSession;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The relations that the open transaction has locked. A statement locks everything it reads, so
 * after a read these are all relations that it has read, including those inside functions.
 *
 * @param relations tables, views, materialized views and foreign tables; no system catalog
 * @param functions called functions that may read relations not listed here
 */
record LockedRelations(List<LockedRelation> relations, Set<String> functions) {

    /** The kind of a relation created after the database snapshot. */
    private static final String NEWER_THAN_SNAPSHOT = "?";

    /**
     * A SELECT of the oids of all locked relations, including indexes. Lower oids are system
     * catalogs (FirstNormalObjectId).
     */
    static final String OIDS =
            """
            SELECT DISTINCT l.relation AS oid FROM pg_catalog.pg_locks l
            WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.granted
              AND l.relation >= 16384 AND l.database =
                (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
            """;

    private static final String SQL =
            "WITH held AS MATERIALIZED ("
                    + OIDS
                    + """
            )
            SELECT h.oid::bigint, coalesce(c.relkind::text, '?'),
              coalesce(pg_catalog.pg_relation_filenode(h.oid)::bigint, 0),
              coalesce(pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname), ''),
              EXISTS (SELECT FROM pg_catalog.pg_inherits i JOIN held up ON up.oid = i.inhparent
                WHERE i.inhrelid = h.oid)
              OR EXISTS (SELECT FROM pg_catalog.pg_depend d
                JOIN pg_catalog.pg_rewrite w ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = w.oid
                JOIN held up ON up.oid = w.ev_class
                JOIN pg_catalog.pg_class v ON v.oid = w.ev_class AND v.relkind = 'v'
                WHERE d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = h.oid AND v.oid <> h.oid)
            FROM held h LEFT JOIN pg_catalog.pg_class c ON c.oid = h.oid
            LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.oid IS NULL OR c.relkind IN ('r', 'p', 'v', 'm', 'f')
            UNION ALL
            SELECT 0, 'function', 0, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(p.proname), false
            FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
            WHERE p.provolatile <> 'i' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
              AND (p.proname = ANY (?::text[]) OR p.oid IN (
                SELECT d.refobjid FROM pg_catalog.pg_depend d
                WHERE d.refclassid = 'pg_catalog.pg_proc'::regclass AND (
                  d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid IN (
                    SELECT w.oid FROM pg_catalog.pg_rewrite w JOIN held h ON w.ev_class = h.oid)
                  OR d.classid = 'pg_catalog.pg_policy'::regclass AND d.objid IN (
                    SELECT y.oid FROM pg_catalog.pg_policy y JOIN held h ON y.polrelid = h.oid))))
            ORDER BY 1, 4
            """;

    /**
     * A locked relation.
     *
     * @param kind as in {@code pg_class.relkind}
     * @param file its current filenode, not that of the database snapshot; 0: it has none
     * @param name quoted, with its schema
     * @param implied whether locking another of the relations locks it too: its parent, or a view
     */
    record LockedRelation(long oid, String kind, long file, String name, boolean implied) {

        /** Whether {@code LOCK TABLE} accepts it. */
        boolean isLockable() {
            return Set.of("r", "p", "v").contains(kind);
        }

        /**
         * {@code REFRESH} always writes a new file, and its rows are visible to older snapshots
         * too.
         */
        private String fingerprint() {
            return kind.equals("m") ? String.valueOf(oid) : oid + ":" + file;
        }
    }

    LockedRelations {
        relations = List.copyOf(relations);
    }

    /**
     * The relations locked by the session's transaction.
     *
     * @param called names of functions that a user's query may call
     */
    static LockedRelations now(SourceSession session, Set<String> called) throws SQLException {
        List<LockedRelation> relations = new ArrayList<>();
        Set<String> functions = new TreeSet<>();
        try (PreparedStatement statement = session.connection().prepareStatement(SQL)) {
            statement.setArray(1, session.connection().createArrayOf("text", called.toArray()));
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    if (found.getLong(1) == 0) {
                        functions.add(found.getString(4));
                    } else {
                        relations.add(
                                new LockedRelation(
                                        found.getLong(1),
                                        found.getString(2),
                                        found.getLong(3),
                                        found.getString(4),
                                        found.getBoolean(5)));
                    }
                }
            }
        }
        return new LockedRelations(relations, functions);
    }

    Set<Long> oids() {
        return relations.stream().map(LockedRelation::oid).collect(Collectors.toSet());
    }

    /**
     * Why the locks taken before the database snapshot do not cover the whole read; empty: they do.
     */
    String uncoveredReason(Set<Long> lockedBefore) {
        String foreign = ofKind("f");
        if (!foreign.isEmpty()) {
            return "the foreign table " + foreign + " cannot be locked";
        }
        if (!functions.isEmpty()) {
            return "what the function " + functions.iterator().next() + " reads is not known";
        }
        String materialized = ofKind("m");
        if (!materialized.isEmpty()) {
            return "the materialized view " + materialized + " cannot be locked";
        }
        return relations.stream()
                .filter(relation -> !lockedBefore.contains(relation.oid()))
                .findFirst()
                .map(
                        relation ->
                                relation.name()
                                        + " could not be locked before the read, which takes SELECT on all of it")
                .orElse("");
    }

    /** Whether part of the read has no visible files, so that two reads prove nothing. */
    boolean hasHiddenFiles() {
        return !ofKind("f").isEmpty() || !functions.isEmpty();
    }

    private String ofKind(String kind) {
        return relations.stream()
                .filter(relation -> relation.kind().equals(kind))
                .findFirst()
                .map(LockedRelation::name)
                .orElse("");
    }

    /**
     * Changes when a relation is swapped, truncated or rewritten; empty: one is newer than the
     * database snapshot.
     */
    String fingerprint() {
        if (relations.stream().anyMatch(relation -> relation.kind().equals(NEWER_THAN_SNAPSHOT))) {
            return "";
        }
        String text =
                relations.stream()
                        .map(LockedRelation::fingerprint)
                        .sorted()
                        .collect(Collectors.joining(","));
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
