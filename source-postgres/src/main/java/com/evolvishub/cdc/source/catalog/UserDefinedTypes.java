package com.evolvishub.cdc.source.catalog;

import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.runtime.row.TypeDefinition;
import com.evolvishub.cdc.source.session.SourceSession;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * User-defined types: how to create them and which types they depend on, so that they can be
 * created in another database. Queried with an empty search path, so that every name is qualified.
 */
final class UserDefinedTypes {

    private static final long FIRST_USER_OID = 16384;

    // to_jsonb: the multirange of a range is only a column since version 14
    private static final String TYPES =
            """
            WITH RECURSIVE needed (oid) AS (
              SELECT pg_catalog.unnest(?::oid[])
              UNION
              SELECT below.oid FROM needed n CROSS JOIN LATERAL (
                SELECT t.typelem FROM pg_catalog.pg_type t WHERE t.oid = n.oid
                UNION ALL
                SELECT t.typbasetype FROM pg_catalog.pg_type t WHERE t.oid = n.oid
                UNION ALL
                SELECT a.atttypid FROM pg_catalog.pg_type t
                JOIN pg_catalog.pg_attribute a ON a.attrelid = t.typrelid
                WHERE t.oid = n.oid AND t.typtype = 'c' AND a.attnum > 0 AND NOT a.attisdropped
                UNION ALL
                SELECT r.rngsubtype FROM pg_catalog.pg_range r WHERE r.rngtypid = n.oid
                UNION ALL
                SELECT r.rngtypid FROM pg_catalog.pg_range r
                WHERE (pg_catalog.to_jsonb(r) ->> 'rngmultitypid')::oid = n.oid
              ) below (oid) WHERE below.oid >= 16384
            )
            SELECT t.oid, pg_catalog.format_type(t.oid, NULL), t.typtype, t.typbasetype,
              CASE WHEN t.typtype = 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) END,
              CASE
                WHEN e.extname IS NOT NULL THEN
                  pg_catalog.format('CREATE EXTENSION IF NOT EXISTS %I WITH SCHEMA %I',
                                    e.extname, home.nspname)
                WHEN t.typtype = 'e' THEN
                  pg_catalog.format('CREATE TYPE %s AS ENUM (%s)',
                    pg_catalog.format_type(t.oid, NULL),
                    (SELECT pg_catalog.string_agg(pg_catalog.quote_literal(l.enumlabel), ', ' ORDER BY l.enumsortorder)
                     FROM pg_catalog.pg_enum l WHERE l.enumtypid = t.oid))
                WHEN t.typtype = 'd' THEN
                  pg_catalog.format('CREATE DOMAIN %s AS %s%s%s',
                    pg_catalog.format_type(t.oid, NULL),
                    pg_catalog.format_type(t.typbasetype, t.typtypmod),
                    CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END,
                    (SELECT pg_catalog.string_agg(pg_catalog.format(' CONSTRAINT %I %s', k.conname,
                                                         pg_catalog.pg_get_constraintdef(k.oid)),
                                       '' ORDER BY k.conname)
                     FROM pg_catalog.pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'))
                WHEN t.typtype = 'c' THEN
                  pg_catalog.format('CREATE TYPE %s AS (%s)',
                    pg_catalog.format_type(t.oid, NULL),
                    (SELECT pg_catalog.string_agg(pg_catalog.format('%I %s', a.attname,
                                         pg_catalog.format_type(a.atttypid, a.atttypmod)),
                                       ', ' ORDER BY a.attnum)
                     FROM pg_catalog.pg_attribute a
                     WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped))
                WHEN t.typtype = 'r' THEN
                  (SELECT pg_catalog.format('CREATE TYPE %s AS RANGE (SUBTYPE = %s%s)',
                            pg_catalog.format_type(t.oid, NULL),
                            pg_catalog.format_type(r.rngsubtype, NULL),
                            ', MULTIRANGE_TYPE_NAME = ' || pg_catalog.format_type(
                              (pg_catalog.to_jsonb(r) ->> 'rngmultitypid')::oid, NULL))
                   FROM pg_catalog.pg_range r WHERE r.rngtypid = t.oid)
              END,
              ARRAY(
                SELECT t.typelem WHERE t.typelem <> 0
                UNION ALL SELECT t.typbasetype WHERE t.typbasetype <> 0
                UNION ALL
                SELECT a.atttypid FROM pg_catalog.pg_attribute a
                WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0
                  AND NOT a.attisdropped
                UNION ALL
                SELECT r.rngsubtype FROM pg_catalog.pg_range r WHERE r.rngtypid = t.oid
                UNION ALL
                SELECT r.rngtypid FROM pg_catalog.pg_range r
                WHERE (pg_catalog.to_jsonb(r) ->> 'rngmultitypid')::oid = t.oid)
            FROM needed JOIN pg_catalog.pg_type t ON t.oid = needed.oid
            LEFT JOIN pg_catalog.pg_depend d
              ON d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
            LEFT JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
            LEFT JOIN pg_catalog.pg_namespace home ON home.oid = e.extnamespace
            """;

    private record UserType(
            String name,
            char kind,
            long baseOid,
            String base,
            String statement,
            List<Long> dependencies) {}

    private final Map<Long, UserType> types;

    private UserDefinedTypes(Map<Long, UserType> types) {
        this.types = types;
    }

    /**
     * Loads the user-defined types among these, and all types they depend on. Runs no query if all
     * are built in.
     *
     * @param session with an open transaction whose search path is empty
     */
    static UserDefinedTypes among(SourceSession session, List<Long> oids) throws SQLException {
        List<Long> userOids =
                oids.stream().filter(oid -> oid >= FIRST_USER_OID).distinct().toList();
        Map<Long, UserType> types = new HashMap<>();
        if (userOids.isEmpty()) {
            return new UserDefinedTypes(types);
        }
        Array oidArray = session.connection().createArrayOf("oid", userOids.toArray());
        try (PreparedStatement statement = session.connection().prepareStatement(TYPES)) {
            statement.setArray(1, oidArray);
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    types.put(found.getLong(1), userType(found));
                }
            }
        }
        return new UserDefinedTypes(types);
    }

    private static UserType userType(ResultSet found) throws SQLException {
        List<Long> dependencies = new ArrayList<>();
        for (Object dependency : (Object[]) found.getArray(7).getArray()) {
            dependencies.add(((Number) dependency).longValue());
        }
        return new UserType(
                found.getString(2),
                found.getString(3).charAt(0),
                found.getLong(4),
                found.getString(5),
                found.getString(6),
                dependencies);
    }

    /**
     * Completes a column's type.
     *
     * @param name with the column's own modifiers
     */
    SqlType complete(long oid, String name, char kind, char category) {
        Map<Long, TypeDefinition> definitions = new LinkedHashMap<>();
        collect(oid, definitions);
        return new SqlType(
                (int) oid,
                name,
                kind,
                category,
                base(oid, name),
                List.copyOf(definitions.values()));
    }

    private String base(long oid, String name) {
        UserType type = types.get(oid);
        return type == null || type.kind() != 'd' ? name : base(type.baseOid(), type.base());
    }

    /** Adds the types that a type depends on before the type itself. */
    private void collect(long oid, Map<Long, TypeDefinition> definitions) {
        UserType type = types.get(oid);
        if (type == null || definitions.containsKey(oid)) {
            return;
        }
        for (long dependency : type.dependencies()) {
            collect(dependency, definitions);
        }
        if (type.statement() != null) {
            definitions.put(oid, new TypeDefinition(type.name(), type.statement()));
        }
    }
}
