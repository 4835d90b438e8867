package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.planner.physical.SqlIdentifier;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * What would do about a second unique index that refuses a row. Rows that trade its values among
 * themselves are legal in the end, but the server looks after each row unless the constraint is
 * deferrable.
 */
final class UniqueClash {

    private static final String CONSTRAINT =
            """
            SELECT pg_get_constraintdef(oid) FROM pg_constraint
            WHERE conrelid = to_regclass(?) AND conname = ? AND contype = 'u' AND NOT condeferrable""";

    private UniqueClash() {}

    /** To be put behind the server's message; empty: nothing to say. Needs a transaction to use. */
    static String advice(PostgresSession session, TableDescription table, String constraint)
            throws SQLException {
        try (PreparedStatement select = session.connection().prepareStatement(CONSTRAINT)) {
            select.setString(1, table.quoted());
            select.setString(2, constraint);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return "";
                }
                String name = SqlIdentifier.quote(constraint);
                return "; if rows trade this value among themselves, ALTER TABLE %s DROP CONSTRAINT %s, ADD CONSTRAINT %s %s DEFERRABLE"
                        .formatted(table.quoted(), name, name, row.getString(1));
            }
        } finally {
            session.rollback();
        }
    }
}
