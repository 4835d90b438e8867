package com.evolvishub.cdc.source.facts;

import com.evolvishub.cdc.planner.catalog.Catalog.ColumnOrder;
import com.evolvishub.cdc.planner.catalog.Catalog.ColumnOrder.Order;
import com.evolvishub.cdc.planner.catalog.Catalog.PollBounds;
import com.evolvishub.cdc.planner.catalog.Catalog.PollFactsRequest;
import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import com.evolvishub.cdc.planner.sql.SqlLiteral;
import com.evolvishub.cdc.source.session.SourceSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;

/**
 * Determines the order in which a watermark is compared, also in views and queries, without reading
 * rows.
 */
final class CollationReader {

    /** The base type of a domain: its oid, its name, and whether it has collations. */
    private static final String TYPE =
            """
            WITH RECURSIVE below AS (
              SELECT t.* FROM pg_catalog.pg_type t WHERE t.oid = %s::regtype
              UNION ALL
              SELECT t.* FROM pg_catalog.pg_type t JOIN below b ON t.oid = b.typbasetype
              WHERE b.typtype = 'd')
            SELECT oid::int8, pg_catalog.format_type(oid, NULL), typcollation <> 0
            FROM below WHERE typtype <> 'd'
            """;

    /** Catalog columns that older versions lack are read as JSON fields. */
    private static final String COLLATION =
            """
            SELECT CASE WHEN c.collprovider = 'd' THEN 'of the database' ELSE c.oid::regcollation::text END,
              CASE WHEN c.collprovider = 'd'
                THEN coalesce(pg_catalog.to_jsonb(d) ->> 'datlocprovider', 'c')
                ELSE c.collprovider::text END,
              CASE WHEN c.collprovider = 'd'
                THEN coalesce(pg_catalog.to_jsonb(d) ->> 'datlocale',
                  pg_catalog.to_jsonb(d) ->> 'daticulocale', d.datcollate::text)
                ELSE coalesce(pg_catalog.to_jsonb(c) ->> 'colllocale',
                  pg_catalog.to_jsonb(c) ->> 'colliculocale', c.collcollate::text) END,
              c.collisdeterministic
            FROM pg_catalog.pg_collation c, pg_catalog.pg_database d
            WHERE d.datname = pg_catalog.current_database() AND c.oid = (%s)::regcollation
            """;

    /** pg_type.oid of name, text, bpchar and varchar. */
    private static final Set<Long> TEXTS = Set.of(19L, 25L, 1042L, 1043L);

    /** Collations of libc that sort by code point, which is the byte order of UTF-8. */
    private static final Set<String> BYTES = Set.of("C", "POSIX", "C.UTF-8", "C.utf8", "ucs_basic");

    private final SourceSession session;

    /** Uses {@code session}, which must not have an open transaction. */
    CollationReader(SourceSession session) {
        this.session = session;
    }

    Optional<ColumnOrder> of(PollFactsRequest question) throws SQLException {
        try {
            return session.inTransaction(() -> order(question));
        } catch (SQLException failure) {
            if (session.isUsable()) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    private Optional<ColumnOrder> order(PollFactsRequest question) throws SQLException {
        session.execute("SET LOCAL lock_timeout TO '5s'");
        Optional<ColumnOrder> other =
                session.query(
                        TYPE.formatted(SqlLiteral.quote(question.watermarkType())),
                        found -> {
                            found.next();
                            Order kind = found.getBoolean(3) ? Order.OTHER_TEXT : Order.NO_TEXT;
                            return TEXTS.contains(found.getLong(1))
                                    ? Optional.empty()
                                    : Optional.of(new ColumnOrder(kind, found.getString(2)));
                        });
        if (other.isPresent()) {
            return other;
        }
        String rows = question.statement().apply(new PollBounds("", "", question.watermarkType()));
        String collation =
                "SELECT pg_catalog.pg_collation_for((SELECT q.%s FROM (%s) q LIMIT 0))"
                        .formatted(SqlIdentifier.quote(question.watermark()), rows);
        return session.query(
                COLLATION.formatted(collation),
                found -> found.next() ? Optional.of(text(found)) : Optional.empty());
    }

    private static ColumnOrder text(ResultSet found) throws SQLException {
        String provider = found.getString(2);
        String locale = found.getString(3);
        boolean byteOrderLocale = locale != null && BYTES.contains(locale);
        boolean byteOrder = provider.equals("b") || (provider.equals("c") && byteOrderLocale);
        String name = locale == null ? found.getString(1) : found.getString(1) + ", " + locale;
        Order kind =
                !found.getBoolean(4)
                        ? Order.NONDETERMINISTIC
                        : byteOrder ? Order.BYTES : Order.LANGUAGE;
        return new ColumnOrder(kind, name);
    }
}
