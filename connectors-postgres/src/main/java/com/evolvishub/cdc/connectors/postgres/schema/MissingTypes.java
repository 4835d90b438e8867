package com.evolvishub.cdc.connectors.postgres.schema;

import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import com.evolvishub.cdc.connectors.postgres.table.TableDescriptionReader;
import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.runtime.row.TypeDefinition;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Types of the source that this database lacks and that new columns need. Enums, domains,
 * composites and ranges are created as in the source; an extension must be created by an
 * administrator.
 *
 * @param statements create the types, in this order
 * @param problems types that cannot be created, each with its remedy
 */
public record MissingTypes(List<String> statements, List<String> problems) {

    // types of extensions and of users have higher OIDs, which differ between databases
    private static final int LAST_BUILT_IN_OID = 16383;

    public MissingTypes {
        statements = List.copyOf(statements);
        problems = List.copyOf(problems);
    }

    /** Finds the missing types of these columns. Leaves no transaction open. */
    public static MissingTypes of(PostgresSession session, List<Column> columns)
            throws SQLException {
        try {
            return inTransaction(session, columns);
        } finally {
            session.rollback();
        }
    }

    /** Finds the missing types of these columns in the caller's transaction. */
    static MissingTypes inTransaction(PostgresSession session, List<Column> columns)
            throws SQLException {
        TableDescriptionReader describer = new TableDescriptionReader(session);
        Map<String, String> statements = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        for (Column column : columns) {
            SqlType type = column.type();
            if ((type.oid() >= 0 && type.oid() <= LAST_BUILT_IN_OID)
                    || DestinationColumnTypes.created(type).equals("text")
                    || describer.hasType(type.name())) {
                continue;
            }
            List<TypeDefinition> missing = new ArrayList<>();
            for (TypeDefinition definition : type.definitions()) {
                if (!describer.hasType(definition.name())) {
                    missing.add(definition);
                }
            }
            List<String> extensions =
                    missing.stream()
                            .map(TypeDefinition::statement)
                            .filter(statement -> statement.startsWith("CREATE EXTENSION"))
                            .distinct()
                            .toList();
            if (type.definitions().isEmpty() || !extensions.isEmpty()) {
                problems.add(problem(column, extensions));
            } else {
                missing.forEach(created -> statements.put(created.name(), created.statement()));
            }
        }
        return new MissingTypes(List.copyOf(statements.values()), problems);
    }

    private static String problem(Column column, List<String> extensions) {
        return "column %s: the destination has no type %s; %s, or make the table yourself with text in its place, which takes every value"
                .formatted(
                        SqlIdentifier.quote(column.target()),
                        column.type().name(),
                        extensions.isEmpty() ? "create it" : String.join("; ", extensions));
    }
}
