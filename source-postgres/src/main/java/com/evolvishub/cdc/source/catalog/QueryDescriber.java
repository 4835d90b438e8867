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

/** Has the database describe a query of the user's; it is not run. */
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

    /** Asks through {@code session}, which must not be in a transaction. */
    public QueryDescriber(SourceSession session) {
        this.session = session;
    }

    /**
     * The columns of a query. Any of them may be NULL: an outer join makes NULLs of columns that
     * are NOT NULL in their table.
     *
     * @param sql its places filled with literals
     * @throws SourceException if it is no query, or a name stands twice in its columns
     */
    public RelationDescription describe(String sql) throws SQLException {
        return session.inTransaction(() -> describe(sql, () -> {}));
    }

    /** Something to be asked while the query is parsed and the search path is the role's own. */
    public interface Parsed {
        /** Asks. */
        void ask() throws SQLException;
    }

    /** The same, in the transaction under way. */
    public RelationDescription describe(String sql, Parsed parsed) throws SQLException {
        // a statement that changes something can be prepared, but not stand behind FROM
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
        // to the driver a question mark is a parameter, two of them are the operator
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
        } catch (ArrayIndexOutOfBoundsException dollar) {
            // what the driver makes of $1
            throw SourceException.permanent(
                    "the query has a parameter like $1, for which there is no value");
        }
    }

    /**
     * Of a number that the database makes, the driver tells how it is made in place of its type.
     */
    private static String typeName(ResultSetMetaData found, int place) throws SQLException {
        String name = found.getColumnTypeName(place);
        if (!found.isAutoIncrement(place)) {
            return name;
        }
        return switch (name) {
            case "smallserial" -> "int2";
            case "serial" -> "int4";
            case "bigserial" -> "int8";
            default -> name;
        };
    }

    /** The driver tells length, precision and scale, but not the modifier they come from. */
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
        Array bounds = session.connection().createArrayOf("int4", modifiers.toArray());
        try (PreparedStatement statement = session.connection().prepareStatement(TYPES)) {
            statement.setArray(1, types);
            statement.setArray(2, bounds);
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
     * The type that the database gives to each place of a statement.
     *
     * @param sql a question mark at each place, two for each question mark of the user's
     * @return as the driver names them; {@code text} where anything would do
     */
    List<String> placeholderTypes(String sql, int places) throws SQLException {
        return session.inTransaction(
                () -> {
                    List<String> types = new ArrayList<>(places);
                    try (PreparedStatement statement = session.connection().prepareStatement(sql)) {
                        var found = statement.getParameterMetaData();
                        for (int i = 1; i <= places; i++) {
                            types.add(found.getParameterTypeName(i));
                        }
                    }
                    return types;
                });
    }
}
