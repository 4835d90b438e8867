package com.evolvishub.cdc.source.catalog;

import com.evolvishub.cdc.planner.catalog.UnderlyingRelation;
import com.evolvishub.cdc.planner.catalog.UnderlyingRelation.Kind;
import com.evolvishub.cdc.planner.sql.Relation;
import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import com.evolvishub.cdc.planner.sql.SqlLiteral;
import com.evolvishub.cdc.source.session.SourceSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The relations that a mapping's rows come from. Views are resolved by their rewrite rules, and
 * partitions are included; for a query the plan is used, since a query has no dependencies in the
 * catalog. Only uses catalogs that every role can read.
 */
public final class UnderlyingRelations {

    private static final String KINDS =
            """
            WITH RECURSIVE d(oid) AS (
              SELECT r.oid FROM (VALUES %s) r(oid) WHERE r.oid IS NOT NULL
              UNION
              SELECT n.oid FROM d JOIN pg_catalog.pg_class c ON c.oid = d.oid AND c.relkind <> 'm'
              CROSS JOIN LATERAL (
                SELECT p.refobjid AS oid FROM pg_catalog.pg_rewrite r
                JOIN pg_catalog.pg_depend p ON p.classid = 'pg_catalog.pg_rewrite'::regclass
                  AND p.objid = r.oid AND p.refclassid = 'pg_catalog.pg_class'::regclass
                WHERE r.ev_class = c.oid AND c.relkind = 'v'
                UNION ALL
                SELECT i.inhrelid FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid) n)
            SELECT c.oid, c.relkind::text, n.nspname, c.relname,
              EXISTS (SELECT FROM pg_catalog.pg_subscription_rel s WHERE s.srrelid = c.oid)
            FROM d JOIN pg_catalog.pg_class c ON c.oid = d.oid
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'm', 'f')
            UNION
            SELECT f.oid, 'F', n.nspname, f.proname, false
            FROM d JOIN pg_catalog.pg_rewrite r ON r.ev_class = d.oid
            JOIN pg_catalog.pg_class c ON c.oid = d.oid AND c.relkind = 'v'
            JOIN pg_catalog.pg_depend p ON p.classid = 'pg_catalog.pg_rewrite'::regclass
              AND p.objid = r.oid AND p.refclassid = 'pg_catalog.pg_proc'::regclass
            JOIN pg_catalog.pg_proc f ON f.oid = p.refobjid
            JOIN pg_catalog.pg_namespace n ON n.oid = f.pronamespace
            WHERE f.provolatile <> 'i' AND n.nspname <> 'pg_catalog'
            ORDER BY 3, 4
            """;

    private static final Pattern SCANNED_RELATION =
            Pattern.compile("\"Relation Name\": \"(.*)\",\\s*\"Schema\": \"(.*)\"");

    private static final Pattern CALLED_FUNCTION =
            Pattern.compile("\"Function Name\": \"(.*)\",\\s*\"Schema\": \"(.*)\"");

    private UnderlyingRelations() {}

    /**
     * An underlying relation.
     *
     * @param oid its object id; 0: it has none
     * @param relation its kind and name
     */
    public record Found(long oid, UnderlyingRelation relation) {}

    /** The underlying relations of a table or view. */
    public static List<Found> of(SourceSession session, Relation.Table table) throws SQLException {
        return kinds(session, Set.of(SqlIdentifier.quote(table.schema(), table.name())));
    }

    /**
     * The underlying relations of a query.
     *
     * @param session without an open transaction
     * @param select reads everything; it is planned, not run
     */
    public static List<Found> of(SourceSession session, String select) throws SQLException {
        if (select.isEmpty()) {
            return List.of();
        }
        String plan;
        try {
            plan =
                    session.askForText("EXPLAIN (VERBOSE, FORMAT JSON, COSTS OFF) " + select)
                            .orElse("");
        } catch (SQLException failure) {
            if (session.isUsable()) {
                // planning may fail where reading does not
                return List.of();
            }
            throw failure;
        }
        List<Found> all = new ArrayList<>(kinds(session, names(plan, SCANNED_RELATION)));
        boolean noForeignTable =
                all.stream().noneMatch(one -> one.relation().kind() == Kind.FOREIGN_TABLE);
        if (noForeignTable && plan.contains("\"Node Type\": \"Foreign Scan\"")) {
            all.add(new Found(0, new UnderlyingRelation(Kind.FOREIGN_TABLE, "of the query")));
        }
        for (String name : names(plan, CALLED_FUNCTION)) {
            if (!name.startsWith("\"pg_catalog\".")) {
                all.add(new Found(0, new UnderlyingRelation(Kind.FUNCTION, name)));
            }
        }
        return all;
    }

    private static Set<String> names(String plan, Pattern pattern) {
        Set<String> names = new LinkedHashSet<>();
        Matcher found = pattern.matcher(plan);
        while (found.find()) {
            names.add(SqlIdentifier.quote(unescaped(found.group(2)), unescaped(found.group(1))));
        }
        return names;
    }

    private static String unescaped(String json) {
        return json.replace("\\\"", "\"").replace("\\\\", "\\");
    }

    private static List<Found> kinds(SourceSession session, Set<String> names) throws SQLException {
        if (names.isEmpty()) {
            return List.of();
        }
        List<String> roots =
                names.stream()
                        .map(
                                name ->
                                        "(pg_catalog.to_regclass(%s)::oid)"
                                                .formatted(SqlLiteral.quote(name)))
                        .toList();
        return session.query(
                KINDS.formatted(String.join(", ", roots)),
                rows -> {
                    List<Found> found = new ArrayList<>();
                    while (rows.next()) {
                        found.add(found(rows));
                    }
                    return found;
                });
    }

    private static Found found(ResultSet row) throws SQLException {
        Kind kind =
                switch (row.getString(2)) {
                    case "p" -> Kind.PARTITIONED_TABLE;
                    case "m" -> Kind.MATERIALIZED_VIEW;
                    case "f" -> Kind.FOREIGN_TABLE;
                    case "F" -> Kind.FUNCTION;
                    default -> row.getBoolean(5) ? Kind.SUBSCRIBED_TABLE : Kind.TABLE;
                };
        String name = SqlIdentifier.quote(row.getString(3), row.getString(4));
        return new Found(row.getLong(1), new UnderlyingRelation(kind, name));
    }
}
