package com.evolvishub.cdc.capture.postgres;

import com.evolvishub.cdc.planner.physical.SqlLiteral;
import com.evolvishub.cdc.planner.spec.ConnectionSpec;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postgresql.core.TransactionState;
import org.postgresql.jdbc.PgConnection;

/**
 * A read-only session whose settings are pinned, so that the text of a value never depends on the
 * server's, the database's or the role's settings. The search path stays the role's own.
 *
 * <p>Used by one thread; only {@link #abort} may be called from another one.
 */
public final class SourceSession implements AutoCloseable {

    /** How the names of sessions begin that only read, so that a look can leave them out. */
    static final String READER = "evolvishub-cdc-read ";

    private static final int WITH_IDLE_SESSION_TIMEOUT = 140000;

    /** The driver has sent the JVM's zone at the start, so the session itself no longer knows. */
    private static final String ROLE_ZONE =
            """
            SELECT coalesce(
              (SELECT substr(setting, length('timezone=') + 1)
               FROM pg_catalog.pg_db_role_setting, unnest(setconfig) setting
               WHERE setting ILIKE 'timezone=%'
                 AND setrole IN (0, (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = session_user))
                 AND setdatabase IN
                   (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()))
               ORDER BY setrole <> 0 DESC, setdatabase <> 0 DESC
               LIMIT 1),
              current_setting('log_timezone')),
              current_setting('max_connections')::int,
              pg_postmaster_start_time()::text
            """;

    private static final String PIN =
            "SET DateStyle TO 'ISO, YMD'; SET TimeZone TO 'UTC'; SET extra_float_digits TO 3;"
                    + " SET bytea_output TO 'hex'; SET IntervalStyle TO 'postgres';"
                    + " SET lc_monetary TO 'C'; SET quote_all_identifiers TO off;"
                    + " SET statement_timeout TO 0; SET idle_in_transaction_session_timeout TO 0;"
                    // a poll never stands in the queue of a lock, where others would wait behind it
                    + " SET lock_timeout TO '100ms'";

    private final PgConnection connection;
    private final String roleZone;
    private final int serverTakes;
    private final String serverStarted;
    private String purpose;
    private boolean rested;
    private volatile long received;

    private SourceSession(
            PgConnection connection,
            String purpose,
            String roleZone,
            int serverTakes,
            String serverStarted) {
        this.connection = connection;
        this.purpose = purpose;
        this.roleZone = roleZone;
        this.serverTakes = serverTakes;
        this.serverStarted = serverStarted;
    }

    /**
     * Opens and pins a session.
     *
     * @param purpose what it is for: the server's activity view shows it behind {@code
     *     evolvishub-cdc-read}
     */
    public static SourceSession open(ConnectionSpec spec, String purpose) throws SQLException {
        PgConnection connection = PostgresConnections.open(spec, READER + purpose);
        try (Statement statement = connection.createStatement()) {
            String zone;
            int connections;
            String started;
            try (ResultSet found = statement.executeQuery(ROLE_ZONE)) {
                found.next();
                zone = found.getString(1);
                connections = found.getInt(2);
                started = found.getString(3);
            }
            statement.execute(
                    connection.getServerMajorVersion() * 10000 >= WITH_IDLE_SESSION_TIMEOUT
                            ? PIN + "; SET idle_session_timeout TO 0"
                            : PIN);
            PostgresConnections.waitAsLongAsItTakes(spec, connection);
            return new SourceSession(connection, purpose, zone, connections, started);
        } catch (SQLException | RuntimeException | Error failure) {
            try {
                connection.close();
            } catch (SQLException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    /** The driver's connection, in autocommit unless {@link #beginSnapshot} was called. */
    PgConnection connection() {
        return connection;
    }

    /**
     * The zone the role's own sessions have: its own setting, else the database's, else the zone
     * the server was set up in.
     */
    public String roleZone() {
        return roleZone;
    }

    /** How many connections the server takes in all. */
    int serverTakes() {
        return serverTakes;
    }

    /** It comes from a rest. */
    void rests() {
        rested = true;
    }

    /** Whether it lay idle before, so that it may be gone without anybody having noticed. */
    public boolean rested() {
        return rested;
    }

    /** What it is for from now on: the server's activity view shows it. */
    public void serves(String newPurpose) throws SQLException {
        if (!newPurpose.equals(purpose)) {
            execute("SET application_name TO " + SqlLiteral.quote(READER + newPurpose));
            purpose = newPurpose;
        }
    }

    /** The server's process for this session. */
    int backend() {
        return connection.getBackendPID();
    }

    /** When the server was started, as it tells itself: sets it apart from any other. */
    String serverStarted() {
        return serverStarted;
    }

    /** Something came from the server. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void heard() {
        received++;
    }

    /** Changes whenever something has come from the server. Callable from any thread. */
    public long received() {
        return received;
    }

    /** Everything until {@link #endSnapshot} sees one and the same state of the database. */
    public void beginSnapshot() throws SQLException {
        execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    }

    /** Ends what {@link #beginSnapshot} began; does nothing outside of a transaction. */
    public void endSnapshot() throws SQLException {
        // without a transaction the server would write a warning to its log
        if (connection.getTransactionState() != TransactionState.IDLE) {
            execute("ROLLBACK");
        }
    }

    /** Whether a statement may be sent: the connection was not seen to break. */
    public boolean isUsable() {
        try {
            return !connection.isClosed();
        } catch (SQLException broken) {
            return false;
        }
    }

    /**
     * The first cell of a statement's first row.
     *
     * @param sql made of names and literals that are quoted
     */
    public Optional<String> askForText(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            try (ResultSet found = statement.executeQuery(sql)) {
                heard();
                return found.next() ? Optional.ofNullable(found.getString(1)) : Optional.empty();
            }
        }
    }

    /**
     * The numbers in a statement's one row.
     *
     * @param sql made of names and literals that are quoted
     */
    public List<Long> askForCounts(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            try (ResultSet found = statement.executeQuery(sql)) {
                heard();
                found.next();
                List<Long> counts = new ArrayList<>();
                for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                    counts.add(found.getLong(i));
                }
                return counts;
            }
        }
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
            heard();
        }
    }

    /**
     * Ends the statement under way and the connection, from any thread. After a COPY that was
     * cancelled a connection is out of step, so there is nothing to be kept.
     */
    public void abort() {
        try {
            connection.cancelQuery();
        } catch (SQLException unreachable) {
            // the socket below is closed all the same
        }
        try {
            connection.abort(Runnable::run);
        } catch (SQLException alreadyGone) {
            // that is what was asked for
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException alreadyGone) {
            // nothing was written: there is nothing to save
        }
    }
}
