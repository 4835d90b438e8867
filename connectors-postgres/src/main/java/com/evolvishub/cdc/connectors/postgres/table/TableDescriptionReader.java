package com.evolvishub.cdc.connectors.postgres.table;

import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import com.evolvishub.cdc.connectors.postgres.table.TableDescription.TableColumn;
import com.evolvishub.cdc.connectors.postgres.table.TableDescription.UniqueIndex;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the description of a table from the catalog. Leaves no transaction open. */
public final class TableDescriptionReader {

    private static final String TABLE =
            """
            SELECT c.oid, n.nspname, c.relname, c.relkind, pg_has_role(c.relowner, 'USAGE') AS owned
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.oid = to_regclass(?)\
            """;

    private static final String COLUMNS =
            """
            SELECT a.attname, format_type(a.atttypid, a.atttypmod) AS type,
                   (WITH RECURSIVE below (oid, modifier, kind, next, next_modifier) AS (
                      SELECT t.oid, a.atttypmod, t.typtype, t.typbasetype, t.typtypmod
                      UNION ALL
                      SELECT b.oid, below.next_modifier, b.typtype, b.typbasetype, b.typtypmod
                      FROM below JOIN pg_type b ON b.oid = below.next WHERE below.kind = 'd')
                    SELECT format_type(oid, modifier) FROM below WHERE kind <> 'd') AS base_type,
                   a.attnotnull OR t.typnotnull AS not_null, a.attgenerated <> '' AS generated,
                   a.attidentity, a.atthasdef OR t.typdefault IS NOT NULL AS has_default,
                   coalesce((SELECT l.oid::regcollation::text FROM pg_collation l
                             WHERE l.oid = a.attcollation AND NOT l.collisdeterministic), '')
                       AS loose_collation
            FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
            WHERE a.attrelid = ? AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum\
            """;

    private final PostgresSession session;

    public TableDescriptionReader(PostgresSession session) {
        this.session = session;
    }

    /**
     * Describes the endpoint's table, which the session's search path resolves; empty: it does not
     * exist.
     */
    public Optional<TableDescription> describe(EndpointSpec endpoint) throws SQLException {
        try (PreparedStatement select = session.connection().prepareStatement(TABLE)) {
            select.setString(1, SqlIdentifier.quote(endpoint.schema(), endpoint.table()));
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                return Optional.of(describe(row));
            }
        } finally {
            session.rollback();
        }
    }

    private TableDescription describe(ResultSet table) throws SQLException {
        long oid = table.getLong("oid");
        // from here on type names include their schema
        session.execute("SET LOCAL search_path = ''");
        List<UniqueIndex> indexes = new UniqueIndexReader(session).of(oid);
        List<String> primaryKey =
                indexes.stream()
                        .filter(UniqueIndex::primary)
                        .findFirst()
                        .map(UniqueIndex::columns)
                        .orElse(List.of());
        return new TableDescription(
                table.getString("nspname"),
                table.getString("relname"),
                table.getString("relkind").charAt(0),
                table.getBoolean("owned"),
                columns(oid),
                primaryKey,
                indexes,
                new WriteSideEffectsReader(session).of(oid));
    }

    private List<TableColumn> columns(long oid) throws SQLException {
        List<TableColumn> columns = new ArrayList<>();
        try (PreparedStatement select = session.connection().prepareStatement(COLUMNS)) {
            select.setLong(1, oid);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    String identity = row.getString("attidentity");
                    columns.add(
                            new TableColumn(
                                    row.getString("attname"),
                                    row.getString("type"),
                                    row.getString("base_type"),
                                    row.getBoolean("not_null"),
                                    row.getBoolean("generated"),
                                    identity.isEmpty() ? ' ' : identity.charAt(0),
                                    row.getBoolean("has_default"),
                                    row.getString("loose_collation")));
                }
            }
        }
        return columns;
    }

    /** Whether the server has a type of that name. Queries in the caller's transaction. */
    public boolean hasType(String type) throws SQLException {
        try (PreparedStatement select =
                session.connection().prepareStatement("SELECT to_regtype(?) IS NOT NULL")) {
            select.setString(1, type);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    /** Whether the table has no rows. */
    public boolean isEmpty(TableDescription table) throws SQLException {
        try (PreparedStatement select =
                        session.connection()
                                .prepareStatement(
                                        "SELECT NOT EXISTS (SELECT FROM " + table.quoted() + ")");
                ResultSet row = select.executeQuery()) {
            row.next();
            return row.getBoolean(1);
        } finally {
            session.rollback();
        }
    }
}
