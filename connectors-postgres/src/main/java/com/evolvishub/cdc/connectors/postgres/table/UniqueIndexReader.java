package com.evolvishub.cdc.connectors.postgres.table;

import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import com.evolvishub.cdc.connectors.postgres.table.TableDescription.UniqueIndex;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a table's unique indexes from the catalog, in the caller's transaction. Partial indexes,
 * expression indexes and invalid indexes are omitted: {@code ON CONFLICT (columns)} does not use
 * them.
 *
 * <p>An index is exact if each operator class has the equality of the column's own type ({@code
 * bpchar_ops} on a text column ignores trailing blanks) and no collation is nondeterministic.
 */
final class UniqueIndexReader {

    // a column's own equality is that of the default operator class of its type; types without one
    // are treated as the server does: varchar as text, cidr as inet, arrays as anyarray
    private static final String SELECT =
            """
            SELECT n.nspname, c.relname, i.indisprimary, i.indimmediate,
                   ARRAY(SELECT a.attname::text
                         FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
                         JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
                         WHERE k.place <= i.indnkeyatts ORDER BY k.place) AS columns,
                   NOT EXISTS (
                       SELECT FROM unnest(i.indcollation::oid[]) AS k (collation_oid)
                       JOIN pg_collation l ON l.oid = k.collation_oid
                       WHERE NOT l.collisdeterministic)
                   AND NOT EXISTS (
                       SELECT FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
                       JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
                       JOIN unnest(i.indclass::oid[]) WITH ORDINALITY AS o (class, place)
                         ON o.place = k.place
                       JOIN pg_opclass used ON used.oid = o.class
                       JOIN pg_type taken ON taken.oid = used.opcintype
                       CROSS JOIN LATERAL (
                           WITH RECURSIVE below (oid, kind, next) AS (
                               SELECT t.oid, t.typtype, t.typbasetype FROM pg_type t
                               WHERE t.oid = a.atttypid
                               UNION ALL
                               SELECT b.oid, b.typtype, b.typbasetype
                               FROM below JOIN pg_type b ON b.oid = below.next
                               WHERE below.kind = 'd')
                           SELECT CASE WHEN oid = 'varchar'::regtype THEN 'text'::regtype::oid
                                       ELSE oid END AS type
                           FROM below WHERE kind <> 'd') AS own
                       WHERE taken.typtype <> 'p' AND used.opcintype <> own.type
                             AND EXISTS (SELECT FROM pg_opclass o
                                         WHERE o.opcdefault AND o.opcmethod = used.opcmethod
                                           AND o.opcintype = own.type)
                          OR NOT EXISTS (
                              SELECT FROM pg_opclass usual
                              JOIN pg_amop e ON e.amopfamily = usual.opcfamily
                                AND e.amoplefttype = usual.opcintype
                                AND e.amoprighttype = usual.opcintype AND e.amopstrategy = 3
                              JOIN pg_amop f ON f.amopopr = e.amopopr
                                AND f.amopfamily = used.opcfamily
                                AND f.amoplefttype = used.opcintype
                                AND f.amoprighttype = used.opcintype AND f.amopstrategy = 3
                              WHERE usual.opcdefault AND usual.opcmethod = used.opcmethod
                                AND usual.opcintype = used.opcintype)) AS exact
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE i.indrelid = ? AND i.indisunique AND i.indisvalid
              AND i.indpred IS NULL AND i.indexprs IS NULL
            ORDER BY c.relname\
            """;

    private final PostgresSession session;

    UniqueIndexReader(PostgresSession session) {
        this.session = session;
    }

    List<UniqueIndex> of(long table) throws SQLException {
        List<UniqueIndex> indexes = new ArrayList<>();
        try (PreparedStatement select = session.connection().prepareStatement(SELECT)) {
            select.setLong(1, table);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    indexes.add(
                            new UniqueIndex(
                                    row.getString("nspname"),
                                    row.getString("relname"),
                                    List.of((String[]) row.getArray("columns").getArray()),
                                    row.getBoolean("indisprimary"),
                                    row.getBoolean("indimmediate"),
                                    row.getBoolean("exact")));
                }
            }
        }
        return indexes;
    }
}
