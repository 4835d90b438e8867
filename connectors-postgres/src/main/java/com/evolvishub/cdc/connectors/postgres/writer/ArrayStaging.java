package com.evolvishub.cdc.connectors.postgres.writer;

import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import com.evolvishub.cdc.connectors.postgres.table.TableDescription;
import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Passes rows as parameters of the statement: one array of texts per column. A transaction that is
 * to be prepared may not use temporary tables.
 *
 * <p>Texts are cast to the column's type without its length or precision: an explicit cast to
 * {@code varchar(5)} would truncate silently, but the assignment to the column rejects a value that
 * is too long, as COPY does.
 */
final class ArrayStaging implements BatchStaging {

    private static final String CASTS =
            """
            SELECT a.attname,
                   (WITH RECURSIVE below (oid, kind, next) AS (
                      SELECT t.oid, t.typtype, t.typbasetype
                      UNION ALL
                      SELECT b.oid, b.typtype, b.typbasetype
                      FROM below JOIN pg_type b ON b.oid = below.next WHERE below.kind = 'd')
                    SELECT format_type(oid, -1) FROM below WHERE kind <> 'd')
            FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
            WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped\
            """;

    private final Map<String, String> casts;

    private ArrayStaging(Map<String, String> casts) {
        this.casts = casts;
    }

    /** Reads the casts for a table. Leaves no transaction open. */
    static ArrayStaging of(PostgresSession session, TableDescription table) throws SQLException {
        // type names include their schema
        session.execute("SET LOCAL search_path = ''");
        Map<String, String> casts = new HashMap<>();
        try (PreparedStatement select = session.connection().prepareStatement(CASTS)) {
            select.setString(1, table.quoted());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    casts.put(row.getString(1), row.getString(2));
                }
            }
        } finally {
            session.rollback();
        }
        return new ArrayStaging(casts);
    }

    @Override
    public String rows(List<String> columns) {
        return "(SELECT %s FROM unnest(%s) AS cdc_a (%s))"
                .formatted(
                        each(columns, i -> cast(i, columns.get(i))),
                        each(columns, i -> "?::text[]"),
                        each(columns, ArrayStaging::alias));
    }

    @Override
    public String keys(List<String> key) {
        return rows(key);
    }

    private String cast(int position, String column) {
        return alias(position)
                + "::"
                + casts.getOrDefault(column, "text")
                + " AS "
                + SqlIdentifier.quote(column);
    }

    private static String alias(int position) {
        return "cdc_" + position;
    }

    private static String each(List<String> columns, IntFunction<String> part) {
        return IntStream.range(0, columns.size()).mapToObj(part).collect(Collectors.joining(", "));
    }
}
