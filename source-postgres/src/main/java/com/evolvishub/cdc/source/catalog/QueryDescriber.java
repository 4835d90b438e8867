package com.evolvishub.cdc.source.catalog;

import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.source.session.SourceException;
import com.evolvishub.cdc.source.session.SourceSession;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.postgresql.core.TypeInfo;

/** Lets the database describe a user's query without running it. */
public final class QueryDescriber {

    private static final String TYPES =
            """
            SELECT pg_catalog.format_type(t.oid, d.modifier), t.typtype, t.typcategory
            FROM ROWS FROM (pg_catalog.unnest(?::oid[]), pg_catalog.unnest(?::int4[]))
              WITH ORDINALITY d(type, modifier, place)
            JOIN pg_catalog.pg_type t ON t.oid = d.type
            ORDER BY d.place
            """;

    private static final int VARLENA_HEADER = 4;

    private final SourceSession session;

    /** Uses {@code session}, which must not have an open transaction. */
    public QueryDescriber(SourceSession session) {
        this.session = session;
    }

    /**
     * The columns of a query. All are nullable: an outer join returns NULL even for columns that
     * are NOT NULL in their table.
     *
     * @param sql the query, with literals as placeholders
     * @throws SourceException if it is no query, or a column name occurs twice
     */
    public RelationDescription describe(String sql) throws SQLException {
        return session.inTransaction(() -> describe(sql, () -> {}));
    }

    /** Further queries to run while the query is parsed and the search path is the role's own. */
    public interface Parsed {
        /** Runs them. */
        void ask() throws SQLException;
    }

    /** The same, in the open transaction. */
    public RelationDescription describe(String sql, Parsed parsed) throws SQLException {
        // a statement that changes data can be prepared, but not used as a subquery
        session.execute("SELECT * FROM (" + sql + "\n) q WHERE false");
        List<String> names = new ArrayList<>();
        List<Long> oids = new ArrayList<>();
        List<Integer> modifiers = new ArrayList<>();
        read(sql, names, oids, modifiers);
        parsed.ask();
        session.execute("SET LOCAL search_path TO ''");
        return new RelationDescription(
                "the query", "query", columns(names, oids, modifiers), List.of());
    }

    private void read(String sql, List<String> names, List<Long> oids, List<Integer> modifiers)
            throws SQLException {
        TypeInfo types = session.connection().getTypeInfo();
        // the driver reads one question mark as a parameter, two as the operator
        String escaped = sql.replace("?", "??");
        try (PreparedStatement statement = session.connection().prepareStatement(escaped)) {
            ResultSetMetaData found = statement.getMetaData();
            if (found == null) {
                throw SourceException.permanent("the statement returns no rows: it is no query");
            }
            Set<String> seen = new HashSet<>();
            for (int i = 1; i <= found.getColumnCount(); i++) {
                String name = found.getColumnLabel(i);
                if (!seen.add(name)) {
                    throw SourceException.permanent(
                            "the query returns two columns called \"%s\"; name one of them with AS"
                                    .formatted(name));
                }
                String type = typeName(found, i);
                names.add(name);
                oids.add(types.intOidToLong(types.getPGType(type)));
                modifiers.add(modifier(type, found.getPrecision(i), found.getScale(i)));
            }
        } catch (ArrayIndexOutOfBoundsException parameter) {
            // the driver's reaction to $1
            throw SourceException.permanent(
                    "the query has a parameter like $1, for which there is no value");
        }
    }

    /**
     * The type name of a column. For a generated number the driver returns the serial type instead
     * of the integer type.
     */
    private static String typeName(ResultSetMetaData found, int column) throws SQLException {
        String name = found.getColumnTypeName(column);
        if (!found.isAutoIncrement(column)) {
            return name;
        }
        return switch (name) {
            case "smallserial" -> "int2";
            case "serial" -> "int4";
            case "bigserial" -> "int8";
            default -> name;
        };
    }

    /**
     * Computes the type modifier from length, precision and scale, because the driver does not
     * return it.
     */
    private static int modifier(String type, int precision, int scale) {
        return switch (type) {
            case "numeric" ->
                    precision == 0 ? -1 : ((precision << 16) | (scale & 0x7ff)) + VARLENA_HEADER;
            case "varchar", "bpchar" ->
                    precision == 0 || precision == Integer.MAX_VALUE
                            ? -1
                            : precision + VARLENA_HEADER;
            case "bit", "varbit" ->
                    precision <= 0 || precision == Integer.MAX_VALUE ? -1 : precision;
            default -> -1;
        };
    }

    private List<Column> columns(List<String> names, List<Long> oids, List<Integer> modifiers)
            throws SQLException {
        UserDefinedTypes userTypes = UserDefinedTypes.among(session, oids);
        List<Column> columns = new ArrayList<>();
        Array types = session.connection().createArrayOf("oid", oids.toArray());
        Array modifierArray = session.connection().createArrayOf("int4", modifiers.toArray());
        try (PreparedStatement statement = session.connection().prepareStatement(TYPES)) {
            statement.setArray(1, types);
            statement.setArray(2, modifierArray);
            try (ResultSet found = statement.executeQuery()) {
                for (int i = 0; i < names.size(); i++) {
                    if (!found.next()) {
                        throw new IllegalStateException("unknown among the types of " + names);
                    }
                    SqlType type =
                            userTypes.complete(
                                    oids.get(i),
                                    found.getString(1),
                                    found.getString(2).charAt(0),
                                    found.getString(3).charAt(0));
                    columns.add(new Column(names.get(i), names.get(i), type, true));
                }
            }
        }
        return columns;
    }

    /**
     * The type that the database infers for each placeholder of a statement.
     *
     * @param sql one question mark per placeholder, two for each question mark of the user's
     * @return as the driver names them; {@code text} if any type fits
     */
    List<String> placeholderTypes(String sql, int count) throws SQLException {
        return session.inTransaction(
                () -> {
                    List<String> types = new ArrayList<>(count);
                    try (PreparedStatement statement = session.connection().prepareStatement(sql)) {
                        var found = statement.getParameterMetaData();
                        for (int i = 1; i <= count; i++) {
                            types.add(found.getParameterTypeName(i));
                        }
                    }
                    return types;
                });
    }
}
