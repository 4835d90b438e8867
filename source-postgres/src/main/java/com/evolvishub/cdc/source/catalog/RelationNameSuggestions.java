package com.evolvishub.cdc.source.catalog;

import com.evolvishub.cdc.planner.sql.Relation;
import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import com.evolvishub.cdc.source.session.SourceSession;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Suggests names that are similar to one that does not exist. */
final class RelationNameSuggestions {

    private static final int MAX_SUGGESTIONS = 3;

    private static final String RELATIONS =
            """
            SELECT n.nspname, c.relname
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f')
              AND n.nspname NOT IN ('pg_catalog', 'information_schema')
              AND n.nspname NOT LIKE 'pg\\_%'
            ORDER BY 1, 2
            LIMIT 5000
            """;

    private final SourceSession session;

    RelationNameSuggestions(SourceSession session) {
        this.session = session;
    }

    /** The message for a relation that does not exist. */
    String messageFor(Relation.Table table) throws SQLException {
        String database = session.askForText("SELECT pg_catalog.current_database()").orElse("");
        String searchPath = session.askForText("SHOW search_path").orElse("");
        List<String[]> relations =
                session.query(
                        RELATIONS,
                        found -> {
                            List<String[]> all = new ArrayList<>();
                            while (found.next()) {
                                all.add(new String[] {found.getString(1), found.getString(2)});
                            }
                            return all;
                        });
        String name = SqlIdentifier.quote(table.schema(), table.name());
        String where =
                "database \"%s\"%s"
                        .formatted(
                                database,
                                table.schema().isEmpty()
                                        ? " on the search path " + searchPath
                                        : "");
        List<String> similar =
                relations.stream()
                        .filter(other -> distance(table, other) <= limit(table.name()))
                        .sorted(Comparator.comparingInt(other -> distance(table, other)))
                        .limit(MAX_SUGGESTIONS)
                        .map(other -> other[0] + "." + other[1])
                        .toList();
        return "there is no table or view %s in %s%s"
                .formatted(
                        name,
                        where,
                        similar.isEmpty() ? "" : "; near: " + String.join(", ", similar));
    }

    private static int limit(String name) {
        return Math.max(1, name.length() / 3);
    }

    /** Ignores the schema: the right table in another schema is the most likely mistake. */
    private static int distance(Relation.Table table, String[] other) {
        return distance(table.name().toLowerCase(Locale.ROOT), other[1].toLowerCase(Locale.ROOT));
    }

    /** The Levenshtein distance. */
    static int distance(String one, String other) {
        int[] above = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int[] row = new int[other.length() + 1];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int swap = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(above[j - 1] + swap, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[other.length()];
    }
}
