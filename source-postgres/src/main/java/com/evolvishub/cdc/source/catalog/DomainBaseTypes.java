package com.evolvishub.cdc.source.catalog;

import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.source.session.SourceSession;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Resolves domains to their base types. */
public final class DomainBaseTypes {

    private static final String SQL =
            """
            WITH RECURSIVE base(oid, modifier, depth) AS (
              SELECT t.typbasetype, t.typtypmod, 1 FROM pg_catalog.pg_type t
              WHERE t.oid = ?::oid AND t.typtype = 'd'
              UNION ALL
              SELECT t.typbasetype, CASE WHEN t.typtypmod >= 0 THEN t.typtypmod ELSE b.modifier END,
                b.depth + 1
              FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.oid WHERE t.typtype = 'd')
            SELECT t.oid, pg_catalog.format_type(t.oid, b.modifier), t.typtype, t.typcategory
            FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.oid ORDER BY b.depth DESC LIMIT 1
            """;

    private DomainBaseTypes() {}

    /** The base type of a domain; any other type is returned unchanged. */
    public static SqlType of(SourceSession session, SqlType type) throws SQLException {
        if (type.kind() != 'd') {
            return type;
        }
        return session.inTransaction(() -> base(session, type));
    }

    private static SqlType base(SourceSession session, SqlType type) throws SQLException {
        try (PreparedStatement statement = session.connection().prepareStatement(SQL)) {
            statement.setLong(1, Integer.toUnsignedLong(type.oid()));
            try (ResultSet found = statement.executeQuery()) {
                return found.next()
                        ? new SqlType(
                                (int) found.getLong(1),
                                found.getString(2),
                                found.getString(3).charAt(0),
                                found.getString(4).charAt(0))
                        : type;
            }
        }
    }
}
