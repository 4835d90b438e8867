package com.evolvishub.cdc.source.catalog;

import com.evolvishub.cdc.planner.sql.Relation;
import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import com.evolvishub.cdc.planner.sql.SqlLiteral;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.source.session.CombinedQuery;
import com.evolvishub.cdc.source.session.SourceException;
import com.evolvishub.cdc.source.session.SourceSession;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Describes a table, view or foreign table from the database's catalog. */
public final class RelationDescriber {

    /** With an empty search path format_type qualifies every type that needs it. */
    private static final String NO_SEARCH_PATH = "SET LOCAL search_path TO ''";

    private static final String RELATION =
            """
            SELECT n.nspname, c.relname,
              CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view'
                WHEN 'm' THEN 'materialized view' WHEN 'p' THEN 'partitioned table'
                WHEN 'f' THEN 'foreign table' ELSE '' END
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.oid = ?
            """;

    private static final String COLUMNS =
            """
            SELECT a.attname, t.oid, pg_catalog.format_type(a.atttypid, a.atttypmod),
              t.typtype, t.typcategory, a.attnotnull
            FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
            WHERE a.attrelid = ? AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum
            """;

    private static final String PRIMARY_KEY =
            """
            SELECT a.attname
            FROM pg_catalog.pg_index i
            CROSS JOIN LATERAL pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, place)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
            WHERE i.indrelid = ? AND i.indisprimary AND k.place <= i.indnkeyatts
            ORDER BY k.place
            """;

    private static final String UNIQUE =
            """
            SELECT EXISTS (
              SELECT FROM pg_catalog.pg_index i
              WHERE i.indrelid = pg_catalog.to_regclass(?) AND i.indisunique AND i.indisvalid
                AND i.indpred IS NULL AND i.indexprs IS NULL AND NOT EXISTS (
                  SELECT FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, place)
                  JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                  WHERE k.place <= i.indnkeyatts AND a.attname <> ALL (?::name[])))
            """;

    /** Lowest object id of user-defined objects. */
    public static final long FIRST_USER_TYPE = 16384;

    /**
     * Changes with each change of what {@link #describe} returns, except of user-defined types.
     * Built from the transactions that wrote the catalog rows. Statistics are updated in place and
     * do not change it.
     */
    private static final String VERSION =
            """
            SELECT c.oid || ' ' || c.xmin::text || ' ' || n.xmin::text || ' ' || coalesce(
                (SELECT pg_catalog.string_agg(a.attnum || '.' || a.xmin::text, ',' ORDER BY a.attnum)
                 FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0), '')
              || ' ' || coalesce(
                (SELECT pg_catalog.string_agg(i.indexrelid || '.' || i.xmin::text, ',')
                 FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indisprimary), '')
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.oid = pg_catalog.to_regclass(%s)
            """;

    private static final Pattern PLANNED_ROWS = Pattern.compile(" rows=(\\d+) ");

    private final SourceSession session;

    /** Uses {@code session}, which must not have an open transaction. */
    public RelationDescriber(SourceSession session) {
        this.session = session;
    }

    /**
     * Describes a relation.
     *
     * @throws SourceException if it does not exist, or has no rows to read
     */
    public RelationDescription describe(Relation.Table table) throws SQLException {
        Optional<RelationDescription> found = find(table);
        if (found.isEmpty()) {
            throw SourceException.permanent(
                    "source.table", new RelationNameSuggestions(session).messageFor(table));
        }
        return found.get();
    }

    /**
     * Describes a relation; empty if it does not exist.
     *
     * @throws SourceException if it has no rows to read
     */
    public Optional<RelationDescription> find(Relation.Table table) throws SQLException {
        return session.inTransaction(
                () -> {
                    OptionalLong oid = oid(table);
                    if (oid.isEmpty()) {
                        return Optional.empty();
                    }
                    session.execute(NO_SEARCH_PATH);
                    return Optional.of(describe(oid.getAsLong()));
                });
    }

    /**
     * A text that stays the same while {@link #describe} returns the same, if all column types are
     * built in; empty: the relation does not exist.
     */
    public String version(Relation.Table table) throws SQLException {
        return session.askForText(versionSql(table)).orElse("");
    }

    /** The same, combined with other queries. */
    public static CombinedQuery.Question<String> versionOf(Relation.Table table) {
        return new CombinedQuery.Question<>(
                "SELECT coalesce((" + versionSql(table) + "), '')",
                1,
                (found, before) -> found.getString(before + 1));
    }

    private static String versionSql(Relation.Table table) {
        String name = SqlIdentifier.quote(table.schema(), table.name());
        return VERSION.formatted(SqlLiteral.quote(name));
    }

    /** Whether a unique index exists whose key columns are all in this list. */
    public boolean isUnique(Relation.Table table, List<String> columns) throws SQLException {
        return session.inTransaction(
                () -> {
                    try (PreparedStatement statement =
                            session.connection().prepareStatement(UNIQUE)) {
                        statement.setString(1, SqlIdentifier.quote(table.schema(), table.name()));
                        statement.setArray(
                                2, session.connection().createArrayOf("name", columns.toArray()));
                        try (ResultSet found = statement.executeQuery()) {
                            found.next();
                            return found.getBoolean(1);
                        }
                    }
                });
    }

    private OptionalLong oid(Relation.Table table) throws SQLException {
        String name = SqlIdentifier.quote(table.schema(), table.name());
        try (PreparedStatement statement =
                session.connection().prepareStatement("SELECT pg_catalog.to_regclass(?)::oid")) {
            statement.setString(1, name);
            try (ResultSet found = statement.executeQuery()) {
                found.next();
                long oid = found.getLong(1);
                return found.wasNull() ? OptionalLong.empty() : OptionalLong.of(oid);
            }
        }
    }

    private RelationDescription describe(long oid) throws SQLException {
        String label;
        String kind;
        try (PreparedStatement statement = session.connection().prepareStatement(RELATION)) {
            statement.setLong(1, oid);
            try (ResultSet found = statement.executeQuery()) {
                if (!found.next()) {
                    throw SourceException.permanent("the relation was dropped while it was read");
                }
                String name = SqlIdentifier.quote(found.getString(1), found.getString(2));
                kind = found.getString(3);
                label = kind + " " + name;
                if (kind.isEmpty()) {
                    throw SourceException.permanent(
                            name + " is no table or view: an index or a sequence has no rows");
                }
            }
        }
        return new RelationDescription(label, kind, columns(oid, kind), primaryKey(oid));
    }

    private record FoundColumn(
            String name, long type, String typeName, char kind, char category, boolean notNull) {}

    private List<Column> columns(long oid, String kind) throws SQLException {
        boolean hasNotNull = kind.equals("table") || kind.equals("partitioned table");
        List<FoundColumn> all = foundColumns(oid);
        UserDefinedTypes types =
                UserDefinedTypes.among(session, all.stream().map(FoundColumn::type).toList());
        List<Column> columns = new ArrayList<>();
        for (FoundColumn found : all) {
            SqlType type =
                    types.complete(found.type(), found.typeName(), found.kind(), found.category());
            boolean nullable = !(hasNotNull && found.notNull());
            columns.add(new Column(found.name(), found.name(), type, nullable));
        }
        return columns;
    }

    private List<FoundColumn> foundColumns(long oid) throws SQLException {
        List<FoundColumn> columns = new ArrayList<>();
        try (PreparedStatement statement = session.connection().prepareStatement(COLUMNS)) {
            statement.setLong(1, oid);
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    columns.add(
                            new FoundColumn(
                                    found.getString(1),
                                    found.getLong(2),
                                    found.getString(3),
                                    found.getString(4).charAt(0),
                                    found.getString(5).charAt(0),
                                    found.getBoolean(6)));
                }
            }
        }
        return columns;
    }

    private List<String> primaryKey(long oid) throws SQLException {
        List<String> key = new ArrayList<>();
        try (PreparedStatement statement = session.connection().prepareStatement(PRIMARY_KEY)) {
            statement.setLong(1, oid);
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    key.add(found.getString(1));
                }
            }
        }
        return key;
    }

    /**
     * The planner's estimate of the rows that a statement reads; 0: unknown.
     *
     * @param select a SELECT; it is planned, not run
     */
    public long estimatedRows(String select) throws SQLException {
        try {
            return session.query(
                    "EXPLAIN " + select,
                    found -> {
                        found.next();
                        Matcher rows = PLANNED_ROWS.matcher(found.getString(1));
                        return rows.find() ? Long.parseLong(rows.group(1)) : 0;
                    });
        } catch (SQLException failure) {
            if (session.isUsable()) {
                // planning may fail where reading does not, such as 1/0 in a branch not taken
                return 0;
            }
            throw failure;
        }
    }
}
