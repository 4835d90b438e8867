package com.evolvishub.cdc.connectors.postgres.schema;

import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import com.evolvishub.cdc.connectors.postgres.table.TableDescription;
import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds privileges that the role lacks, before a row needs them: a missing right to UPDATE or
 * DELETE could otherwise fail weeks after the start. Queries in the caller's transaction.
 */
public final class PrivilegeCheck {

    private static final String MISSING_ON_TABLE =
            """
            SELECT kind, coalesce(string_agg(quote_ident(name), ', ' ORDER BY place), '') AS columns
            FROM unnest(?::text[], ?::text[]) WITH ORDINALITY AS needed (kind, name, place)
            WHERE NOT CASE WHEN name IS NULL
                           THEN has_table_privilege(to_regclass(?), kind)
                           ELSE has_column_privilege(to_regclass(?), name, kind) END
            GROUP BY kind ORDER BY min(place)\
            """;

    private static final String IN_DATABASE =
            """
            SELECT quote_ident(current_user) AS role, quote_ident(current_database()) AS database,
                   has_database_privilege(current_database(), 'TEMPORARY') AS temporary,
                   EXISTS (SELECT FROM pg_namespace WHERE nspname = 'evolvishub_cdc') AS made,
                   has_database_privilege(current_database(), 'CREATE') AS creates,
                   (SELECT has_schema_privilege(oid, 'USAGE') FROM pg_namespace
                    WHERE nspname = 'evolvishub_cdc') AS uses,
                   NOT EXISTS (
                       SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                       CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) AS needed (kind)
                       WHERE n.nspname = 'evolvishub_cdc' AND c.relname IN ('lane', 'dead_letter')
                         AND NOT has_table_privilege(c.oid, kind)) AS writes\
            """;

    private final PostgresSession session;

    public PrivilegeCheck(PostgresSession session) {
        this.session = session;
    }

    /**
     * Returns the missing privileges on the destination table.
     *
     * @param key the key columns; empty: rows are only appended
     * @param written all columns that are written
     * @param deletes whether rows are deleted
     */
    Optional<String> onTable(
            TableDescription table, List<String> key, List<String> written, boolean deletes)
            throws SQLException {
        List<String> kinds = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (String column : written) {
            if (table.column(column).isPresent()) {
                addNeeded(kinds, names, "SELECT", column);
                addNeeded(kinds, names, "INSERT", column);
                if (!key.isEmpty() && !key.contains(column)) {
                    addNeeded(kinds, names, "UPDATE", column);
                }
            }
        }
        if (!key.isEmpty() && deletes) {
            addNeeded(kinds, names, "DELETE", null);
        }
        List<String> missing = new ArrayList<>();
        List<String> grants = new ArrayList<>();
        try (PreparedStatement select = session.connection().prepareStatement(MISSING_ON_TABLE)) {
            select.setArray(1, textArray(kinds));
            select.setArray(2, textArray(names));
            select.setString(3, table.quoted());
            select.setString(4, table.quoted());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    String columns = row.getString("columns");
                    String kind = row.getString("kind");
                    grants.add(kind);
                    missing.add(kind + (columns.isEmpty() ? "" : " (" + columns + ")"));
                }
            }
        }
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "%s: role %s may not %s; GRANT %s ON %s TO %s"
                                .formatted(
                                        table.quoted(),
                                        SqlIdentifier.quote(table.rules().role()),
                                        String.join(", ", missing),
                                        String.join(", ", grants),
                                        table.quoted(),
                                        SqlIdentifier.quote(table.rules().role())));
    }

    private static void addNeeded(
            List<String> kinds, List<String> names, String kind, String column) {
        kinds.add(kind);
        names.add(column);
    }

    private Array textArray(List<String> values) throws SQLException {
        return session.connection().createArrayOf("text", values.toArray());
    }

    /** Returns the missing privileges in the database, for temporary tables and our own schema. */
    public List<String> inDatabase() throws SQLException {
        List<String> missing = new ArrayList<>();
        try (PreparedStatement select = session.connection().prepareStatement(IN_DATABASE);
                ResultSet row = select.executeQuery()) {
            row.next();
            String role = row.getString("role");
            String database = row.getString("database");
            if (!row.getBoolean("temporary")) {
                missing.add(
                        "role %s may make no temporary tables; GRANT TEMPORARY ON DATABASE %s TO %s"
                                .formatted(role, database, role));
            }
            if (!row.getBoolean("made")) {
                if (!row.getBoolean("creates")) {
                    missing.add(
                            ("role %s may not make schema evolvishub_cdc; GRANT CREATE ON DATABASE"
                                            + " %s TO %s, or run one mapping as an administrator first")
                                    .formatted(role, database, role));
                }
            } else if (!row.getBoolean("uses") || !row.getBoolean("writes")) {
                missing.add(
                        ("role %1$s may not write into schema evolvishub_cdc; GRANT USAGE ON SCHEMA"
                                        + " evolvishub_cdc TO %1$s; GRANT SELECT, INSERT, UPDATE ON"
                                        + " ALL TABLES IN SCHEMA evolvishub_cdc TO %1$s")
                                .formatted(role));
            }
        }
        return missing;
    }
}
