package com.evolvishub.cdc.source.locks;

import com.evolvishub.cdc.source.session.SourceSession;
import java.sql.SQLException;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Everything that decides which rows of a relation a role sees: row-level security, its policies,
 * and the role memberships of the reader and of the owners of views.
 */
final class RowLevelSecurity {

    private static final String SQL =
            """
            WITH RECURSIVE seen AS (
              SELECT c.oid, c.relname, n.nspname, c.relkind, c.relowner, c.relrowsecurity,
                c.relforcerowsecurity
              FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
              WHERE c.oid IN (%s)),
            guarded AS (SELECT * FROM seen WHERE relrowsecurity),
            reader(oid) AS (
              SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user
              UNION SELECT relowner FROM seen WHERE relkind = 'v'),
            member(reader, role) AS (
              SELECT oid, oid FROM reader
              UNION SELECT m.reader, a.roleid FROM member m
              JOIN pg_catalog.pg_auth_members a ON a.member = m.role),
            fact(text) AS (
              SELECT pg_catalog.concat_ws('|', 'table', nspname, relname, relforcerowsecurity,
                pg_catalog.pg_get_userbyid(relowner)) FROM guarded
              UNION ALL
              SELECT pg_catalog.concat_ws('|', 'policy', g.nspname, g.relname, p.polname, p.polcmd,
                p.polpermissive, p.polroles::text, pg_catalog.pg_get_expr(p.polqual, p.polrelid))
              FROM guarded g JOIN pg_catalog.pg_policy p ON p.polrelid = g.oid
              UNION ALL
              SELECT pg_catalog.concat_ws('|', 'role', pg_catalog.pg_get_userbyid(m.reader), r.rolname, r.rolsuper,
                r.rolbypassrls, r.rolinherit)
              FROM member m JOIN pg_catalog.pg_roles r ON r.oid = m.role)
            SELECT coalesce(pg_catalog.md5(pg_catalog.string_agg(text, E'\\n' ORDER BY text)), '') FROM fact
            WHERE EXISTS (SELECT FROM guarded)
            """;

    private RowLevelSecurity() {}

    /**
     * A fingerprint that changes with the visible rows' rules; empty: no relation has row-level
     * security.
     */
    static String fingerprint(SourceSession session, Set<Long> relations) throws SQLException {
        if (relations.isEmpty()) {
            return "";
        }
        return session.askForText(select(list(relations))).orElse("");
    }

    /**
     * A SELECT of the fingerprint.
     *
     * @param oids a SELECT of the relations' oids
     */
    static String select(String oids) {
        return SQL.formatted(oids);
    }

    /** A SELECT of these relations. */
    static String list(Set<Long> relations) {
        String oids = relations.stream().map(String::valueOf).collect(Collectors.joining(","));
        return "SELECT pg_catalog.unnest('{" + oids + "}'::oid[])";
    }
}
