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
 * The prepared transactions of one lane, which are known by how their names begin: names are the
 * whole server's, and other lanes prepare under theirs.
 */
public final class PreparedTransactions {

    private static final String LEFT =
            """
            SELECT gid FROM pg_prepared_xacts
            WHERE database = current_database() AND starts_with(gid, ?)""";

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

    /** How names of a lane's transactions begin. A name has 199 bytes at most, an identity more. */
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

    /** What keeps this server from it, with what would do. */
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

    /** Ends the session's transaction so that it outlives the session. */
    public PreparedTransaction prepare(String run) throws SQLException {
        String gid = prefix + UUID.randomUUID();
        String number = ask("SELECT pg_current_xact_id()::text").orElseThrow();
        session.execute("PREPARE TRANSACTION " + SqlLiteral.quote(gid));
        return new PreparedTransaction(run, gid, number);
    }

    /**
     * Makes the rows of a transaction visible. One that was committed before is no error.
     *
     * @return false: it is gone, and its rows are not there
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

    /** The server forgets how a transaction ended only after 200 million later ones. */
    private boolean isLost(PreparedTransaction transaction) throws SQLException {
        try (PreparedStatement select =
                session.connection()
                        .prepareStatement("SELECT pg_xact_status(?::xid8) <> 'committed'")) {
            select.setString(1, transaction.number());
            try (ResultSet row = select.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        } catch (SQLException e) {
            // a number that this server has not given yet: it is not the one that it was
            if (PostgresErrorClassifier.is(e, PostgresErrorClassifier.INVALID_PARAMETER_VALUE)) {
                return true;
            }
            throw e;
        } finally {
            session.rollback();
        }
    }

    /**
     * Rolls back what no checkpoint holds. Those that one holds are to be committed before.
     *
     * @return how many there were
     */
    public int rollBackLeftover() throws SQLException {
        List<String> left = leftover();
        for (String gid : left) {
            finish("ROLLBACK PREPARED ", gid);
        }
        return left.size();
    }

    /** Names of those that have not ended. */
    public List<String> leftover() throws SQLException {
        List<String> left = new ArrayList<>();
        try (PreparedStatement select = session.connection().prepareStatement(LEFT)) {
            select.setString(1, prefix);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    left.add(row.getString(1));
                }
            }
        } finally {
            session.rollback();
        }
        return left;
    }

    /** Not within a transaction: the server refuses it there. */
    private void finish(String command, String gid) throws SQLException {
        session.connection().setAutoCommit(true);
        try {
            session.execute(command + SqlLiteral.quote(gid));
        } finally {
            session.connection().setAutoCommit(false);
        }
    }

    private Optional<String> ask(String sql) throws SQLException {
        try (Statement statement = session.connection().createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
        }
    }
}
