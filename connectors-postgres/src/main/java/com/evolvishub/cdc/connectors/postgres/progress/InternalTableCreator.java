package com.evolvishub.cdc.connectors.postgres.progress;

import com.evolvishub.cdc.connectors.postgres.session.DdlLock;
import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

/** Creates the internal tables of a destination once, if several pipelines start concurrently. */
public final class InternalTableCreator {

    private static final int TRIES = 5;

    // thrown despite IF NOT EXISTS if two sessions create the same object
    private static final Set<String> CREATED_CONCURRENTLY =
            Set.of("23505", "42P06", "42P07", "42710");

    /** Columns that were added to the table later; a replay needs them. */
    private static final String DEAD_LETTER_COLUMNS =
            """
            ALTER TABLE evolvishub_cdc.dead_letter
                ADD COLUMN IF NOT EXISTS key_columns text[],
                ADD COLUMN IF NOT EXISTS row_id bytea,
                ADD COLUMN IF NOT EXISTS key_text text,
                ADD COLUMN IF NOT EXISTS superseded_by bigint\
            """;

    /**
     * Columns that were added to the table later; they identify the progress record and its table.
     */
    private static final String PROGRESS_COLUMNS =
            """
            ALTER TABLE evolvishub_cdc.lane
                ADD COLUMN IF NOT EXISTS incarnation uuid NOT NULL DEFAULT gen_random_uuid(),
                ADD COLUMN IF NOT EXISTS numbering text NOT NULL DEFAULT '',
                ADD COLUMN IF NOT EXISTS target_table oid NOT NULL DEFAULT 0,
                ADD COLUMN IF NOT EXISTS created_table oid NOT NULL DEFAULT 0,
                ADD COLUMN IF NOT EXISTS compared_load text NOT NULL DEFAULT '';
            """;

    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private static final String TABLES =
            """
            CREATE SCHEMA IF NOT EXISTS evolvishub_cdc;
            CREATE TABLE IF NOT EXISTS evolvishub_cdc.lane (
                identity text PRIMARY KEY,
                epoch bigint NOT NULL DEFAULT 0,
                last_number bigint NOT NULL DEFAULT 0,
                run text NOT NULL DEFAULT '',
                writer text NOT NULL DEFAULT '',
                host text NOT NULL DEFAULT '',
                pid integer NOT NULL DEFAULT 0,
                backend_start timestamptz,
                updated_at timestamptz NOT NULL DEFAULT now()
            ) WITH (fillfactor = 50);
            CREATE TABLE IF NOT EXISTS evolvishub_cdc.dead_letter (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                mapping text NOT NULL,
                identity text NOT NULL,
                number bigint NOT NULL,
                operation text NOT NULL,
                error text NOT NULL,
                time timestamptz NOT NULL DEFAULT now(),
                payload json NOT NULL
            );
            """
                    + PROGRESS_COLUMNS
                    + DEAD_LETTER_COLUMNS;

    private InternalTableCreator() {}

    public static void ensure(PostgresSession session) throws SQLException {
        for (int left = TRIES; !checkAndCommit(session); left--) {
            try {
                DdlLock.acquire(session);
                if (!tablesExist(session)) {
                    session.execute(TABLES);
                }
                session.commit();
            } catch (SQLException e) {
                session.rollback();
                if (INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())
                        && deadLetterTableExists(session)) {
                    throw new SQLException(
                            "%s; let the owner of the tables run: %s"
                                    .formatted(
                                            e.getMessage(), PROGRESS_COLUMNS + DEAD_LETTER_COLUMNS),
                            INSUFFICIENT_PRIVILEGE,
                            e);
                }
                if (left == 0 || !CREATED_CONCURRENTLY.contains(e.getSQLState())) {
                    throw e;
                }
            }
        }
    }

    /** Checks first, so that a role without CREATE can use tables that an administrator created. */
    private static boolean checkAndCommit(PostgresSession session) throws SQLException {
        boolean exist = tablesExist(session);
        session.commit();
        return exist;
    }

    private static boolean tablesExist(PostgresSession session) throws SQLException {
        return query(
                session,
                """
                SELECT EXISTS (
                       SELECT FROM pg_attribute
                       WHERE attrelid = to_regclass('evolvishub_cdc.lane')
                         AND attname = 'compared_load' AND NOT attisdropped)
                   AND EXISTS (
                       SELECT FROM pg_attribute
                       WHERE attrelid = to_regclass('evolvishub_cdc.dead_letter')
                         AND attname = 'superseded_by' AND NOT attisdropped)\
                """);
    }

    /** Whether a dead letter table exists, created by this build or an earlier one. */
    public static boolean deadLetterTableExists(PostgresSession session) throws SQLException {
        boolean exists =
                query(session, "SELECT to_regclass('evolvishub_cdc.dead_letter') IS NOT NULL");
        session.commit();
        return exists;
    }

    private static boolean query(PostgresSession session, String sql) throws SQLException {
        try (Statement statement = session.connection().createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
