package com.evolvishub.cdc.source.locks;

import com.evolvishub.cdc.planner.sql.SqlLiteral;
import com.evolvishub.cdc.source.session.CombinedQuery;
import com.evolvishub.cdc.source.session.SourceSession;
import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The version of everything the columns of a user's query depend on: the relations it reads, their
 * columns and rewrite rules, the functions whose names it contains, and the resolution of its
 * names. Built from the transactions that wrote the catalog rows. A user's own types are not part
 * of it.
 *
 * @param relations object ids of what it reads, without partitions of a table that it reads
 * @param called names of functions that it may call
 * @param text changes whenever one of them does
 */
record QueryVersion(Set<Long> relations, Set<String> called, String text) {

    private static final String RELATIONS =
            "WITH held AS MATERIALIZED ("
                    + LockedRelations.OIDS
                    + """
            )
            SELECT c.oid::bigint FROM held h JOIN pg_catalog.pg_class c ON c.oid = h.oid
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT EXISTS (
              SELECT FROM pg_catalog.pg_inherits i JOIN held up ON up.oid = i.inhparent
              WHERE i.inhrelid = c.oid)
            """;

    /** to_regclass: a new table may come before the current one in the search path. */
    private static final String VERSION =
            """
            SELECT pg_catalog.concat_ws(' ', pg_catalog.current_setting('search_path'),
              (SELECT pg_catalog.string_agg(pg_catalog.concat_ws('.', c.oid, c.xmin::text, n.xmin::text,
                  coalesce(pg_catalog.to_regclass(pg_catalog.quote_ident(c.relname))::oid, 0)), ',' ORDER BY c.oid)
               FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
               WHERE c.oid = ANY (r.oids)),
              (SELECT pg_catalog.string_agg(pg_catalog.concat_ws('.', a.attrelid, a.attnum, a.xmin::text), ','
                  ORDER BY a.attrelid, a.attnum)
               FROM pg_catalog.pg_attribute a WHERE a.attrelid = ANY (r.oids) AND a.attnum > 0),
              (SELECT pg_catalog.string_agg(pg_catalog.concat_ws('.', w.oid, w.xmin::text), ',' ORDER BY w.oid)
               FROM pg_catalog.pg_rewrite w WHERE w.ev_class = ANY (r.oids)),
              (SELECT pg_catalog.string_agg(pg_catalog.concat_ws('.', p.oid, p.xmin::text), ',' ORDER BY p.oid)
               FROM pg_catalog.pg_proc p WHERE p.proname = ANY (r.called)))
            FROM (SELECT '{%s}'::oid[] AS oids, ARRAY[%s]::name[] AS called) r
            """;

    /**
     * The version of the query that the open transaction has parsed, and so locked.
     *
     * @param session with the role's own search path
     */
    static QueryVersion ofParsed(SourceSession session, Set<String> called) throws SQLException {
        Set<Long> relations =
                session.query(
                        RELATIONS,
                        found -> {
                            Set<Long> oids = new TreeSet<>();
                            while (found.next()) {
                                oids.add(found.getLong(1));
                            }
                            return oids;
                        });
        String text = session.askForText(sql(relations, called)).orElseThrow();
        return new QueryVersion(relations, called, text);
    }

    /** The current value of {@link #text}, combined with other queries. */
    CombinedQuery.Question<String> textNow() {
        return new CombinedQuery.Question<>(
                sql(relations, called),
                1,
                (found, firstColumn) -> found.getString(firstColumn + 1));
    }

    private static String sql(Set<Long> relations, Set<String> called) {
        return VERSION.formatted(
                relations.stream().map(String::valueOf).collect(Collectors.joining(",")),
                called.stream().sorted().map(SqlLiteral::quote).collect(Collectors.joining(", ")));
    }
}
