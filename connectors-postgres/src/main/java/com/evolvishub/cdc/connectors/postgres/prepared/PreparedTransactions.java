package com.evolvishub.cdc.connectors.postgres.prepared;

import com.evolvishub.cdc.connectors.postgres.session.PostgresErrorClassifier;
import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import com.evolvishub.cdc.planner.sql.SqlLiteral;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The prepared transactions of one pipeline, identified by the prefix of their gids: gids are
 * unique in the whole server, and other pipelines use other prefixes.
 */
public final class PreparedTransactions {

    private static final String LEFTOVER =
            """
            SELECT gid FROM pg_prepared_xacts
            WHERE database = current_database() AND starts_with(gid, ?)\
            """;

    private static final String POOLED =
            "a connection pooler stands in between, which gives a transaction's server process away"
                    + " before its checkpoint is complete; connect to the server itself, or say"
                    + " delivery: exactly_once";

    private final PostgresSession session;
    private final String prefix;

    public PreparedTransactions(PostgresSession session, String identity) {
        this.session = session;
        this.prefix = prefix(identity);
    }

    /**
     * Returns the prefix of a pipeline's gids. It holds a hash, because a gid has at most 199 bytes
     * and an identity may be longer.
     */
    static String prefix(String identity) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(identity.getBytes(StandardCharsets.UTF_8));
            return "evolvishub_cdc:" + HexFormat.of().formatHex(hash, 0, 16) + ":";
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-256", impossible);
        }
    }

    /** Returns why this server cannot prepare transactions, with the remedy; empty: it can. */
    public static Optional<String> problem(PostgresSession session) throws SQLException {
        if (session.isPooled()) {
            return Optional.of(POOLED);
        }
        try (Statement statement = session.connection().createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT current_setting('max_prepared_transactions')")) {
            row.next();
            return row.getString(1).equals("0")
                    ? Optional.of(
                            "max_prepared_transactions: 0 at this server, so it cannot keep rows"
                                    + " until their checkpoint is complete; set it in"
                                    + " postgresql.conf to at least the number of such mappings,"
                                    + " and restart the server, or say delivery: exactly_once")
                    : Optional.empty();
        } finally {
            session.rollback();
        }
    }

    /** Prepares the session's transaction, so that it outlives the session. */
    public PreparedTransaction prepare(String run) throws SQLException {
        String gid = prefix + UUID.randomUUID();
        String number = query("SELECT pg_current_xact_id()::text").orElseThrow();
        session.execute("PREPARE TRANSACTION " + SqlLiteral.quote(gid));
        return new PreparedTransaction(run, gid, number);
    }

    /**
     * Commits a prepared transaction. One that was committed before is no error.
     *
     * @return false: it was rolled back or is unknown, and its rows are lost
     */
    public boolean commit(PreparedTransaction transaction) throws SQLException {
        try {
            finish("COMMIT PREPARED ", transaction.gid());
            return true;
        } catch (SQLException e) {
            if (!PostgresErrorClassifier.is(e, PostgresErrorClassifier.UNDEFINED_OBJECT)) {
                throw e;
            }
            return !isLost(transaction);
        }
    }

    /**
     * Whether the transaction was not committed. The server knows the outcome for at least 200
     * million later transactions.
     */
    private boolean isLost(PreparedTransaction transaction) throws SQLException {
        try (PreparedStatement select =
                session.connection()
                        .prepareStatement("SELECT pg_xact_status(?::xid8) <> 'committed'")) {
            select.setString(1, transaction.number());
            try (ResultSet row = select.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        } catch (SQLException e) {
            // the server has not assigned this transaction id yet, so it is not the same server
            if (PostgresErrorClassifier.is(e, PostgresErrorClassifier.INVALID_PARAMETER_VALUE)) {
                return true;
            }
            throw e;
        } finally {
            session.rollback();
        }
    }

    /**
     * Rolls back leftover transactions. Those that a checkpoint holds must be committed before.
     *
     * @return how many were rolled back
     */
    public int rollBackLeftover() throws SQLException {
        List<String> gids = leftover();
        for (String gid : gids) {
            finish("ROLLBACK PREPARED ", gid);
        }
        return gids.size();
    }

    /** Returns the gids of transactions that have not ended. */
    public List<String> leftover() throws SQLException {
        List<String> gids = new ArrayList<>();
        try (PreparedStatement select = session.connection().prepareStatement(LEFTOVER)) {
            select.setString(1, prefix);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    gids.add(row.getString(1));
                }
            }
        } finally {
            session.rollback();
        }
        return gids;
    }

    /** Runs outside a transaction block, as the server requires. */
    private void finish(String command, String gid) throws SQLException {
        session.connection().setAutoCommit(true);
        try {
            session.execute(command + SqlLiteral.quote(gid));
        } finally {
            session.connection().setAutoCommit(false);
        }
    }

    private Optional<String> query(String sql) throws SQLException {
        try (Statement statement = session.connection().createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
        }
    }
}
