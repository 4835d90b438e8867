package com.evolvishub.cdc.source.session;

import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.runtime.connection.ConnectionPoolerDetector;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postgresql.jdbc.PgConnection;

/**
 * A session that reads in transactions. Each transaction begins with its settings ({@link
 * TransactionSettings}), so that the text of a value does not depend on settings of the server, the
 * database or the role. Nothing is set for the session or kept in it between transactions: behind a
 * transaction pooler each may run in another server process. The search path stays the role's own
 * unless the connection names one.
 *
 * <p>Used by one thread; only {@link #abort} may be called from another one.
 */
public final class SourceSession implements AutoCloseable {

    /** Application name prefix of reading sessions, by which transaction snapshots exclude them. */
    public static final String APPLICATION_NAME_PREFIX = "evolvishub-cdc-read ";

    private static final String SNAPSHOT = "REPEATABLE READ";
    private static final String SINGLE_STATEMENTS = "READ COMMITTED";

    /**
     * Queries server facts. The driver sends the JVM's time zone at login, so the role's own zone
     * is read from the catalog.
     */
    private static final String SERVER =
            """
            SELECT coalesce(
              (SELECT pg_catalog.substr(setting, pg_catalog.length('timezone=') + 1)
               FROM pg_catalog.pg_db_role_setting, pg_catalog.unnest(setconfig) setting
               WHERE setting ILIKE 'timezone=%'
                 AND setrole IN (0, (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = session_user))
                 AND setdatabase IN
                   (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))
               ORDER BY setrole <> 0 DESC, setdatabase <> 0 DESC
               LIMIT 1),
              pg_catalog.current_setting('log_timezone')),
              pg_catalog.current_setting('max_connections')::int,
              pg_catalog.pg_postmaster_start_time()::text,
              pg_catalog.pg_backend_pid()
            """;

    private final PgConnection connection;
    private TransactionSettings settings;
    private final StandbyTransactions standby = new StandbyTransactions();
    private final RunningStatement runningStatement = new RunningStatement();
    private ServerFacts server;
    private volatile String purpose;
    private boolean transactionOpen;
    private boolean reused;
    private volatile long received;

    /**
     * Facts about the server, read when the session is opened.
     *
     * @param roleZone see {@link SourceSession#roleZone}
     * @param connections the server's maximum number of connections
     * @param started start time of the server, which distinguishes it from others
     * @param process the server process of the session
     */
    private record ServerFacts(String roleZone, int connections, String started, int process) {}

    private SourceSession(PgConnection connection, TransactionSettings settings, String purpose) {
        this.connection = connection;
        this.settings = settings;
        this.purpose = purpose;
    }

    /** Reads the result of a statement. */
    public interface Reader<T> {
        /** Called once, before the first row. */
        T read(ResultSet rows) throws SQLException;
    }

    /** Statements of one transaction. */
    public interface Work<T> {
        /** Runs the statements. */
        T run() throws SQLException;
    }

    /**
     * Opens a session.
     *
     * @param purpose shown in the server's activity view after {@code evolvishub-cdc-read}
     */
    public static SourceSession open(ConnectionSpec spec, String purpose) throws SQLException {
        PgConnection connection =
                PostgresConnectionFactory.open(spec, APPLICATION_NAME_PREFIX + purpose);
        SourceSession session =
                new SourceSession(
                        connection,
                        new TransactionSettings(
                                connection.getServerMajorVersion(),
                                PostgresConnectionFactory.searchPath(spec)),
                        purpose);
        try {
            Optional<String> path =
                    session.askForText("SELECT pg_catalog.current_setting('search_path')");
            session.settings = session.settings.withSearchPath(path.orElse(""));
            session.server =
                    session.query(
                            SERVER,
                            rows -> {
                                rows.next();
                                return new ServerFacts(
                                        rows.getString(1),
                                        rows.getInt(2),
                                        rows.getString(3),
                                        rows.getInt(4));
                            });
            session.settings = session.settings.withTimeZone(session.server.roleZone());
            PostgresConnectionFactory.removeSocketTimeout(spec, connection);
            return session;
        } catch (SQLException | RuntimeException | Error failure) {
            try {
                connection.close();
            } catch (SQLException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    /** The driver's connection, within a transaction, for what {@link #query} cannot do. */
    public PgConnection connection() {
        if (!transactionOpen) {
            throw new IllegalStateException("no transaction is under way: nothing is set");
        }
        return connection;
    }

    /**
     * The time zone of the role's own sessions: the role's setting, else the database's, else the
     * zone of the server's log.
     */
    public String roleZone() {
        return server.roleZone();
    }

    /** The server's major version. */
    public int majorVersion() {
        return connection.getServerMajorVersion();
    }

    /** The server's maximum number of connections. */
    int maxConnections() {
        return server.connections();
    }

    /** The session was idle in the pool. */
    void markReused() {
        reused = true;
    }

    /**
     * Whether the session was idle in the pool, so that the server may have closed it unnoticed.
     */
    public boolean isReused() {
        return reused;
    }

    /** Lets queries that are not part of a poll wait longer for a lock. */
    public void useOneTimeLockTimeout() {
        settings = settings.forOneTimeQueries();
    }

    /** Sets the purpose of the next transactions, shown in the server's activity view. */
    public void setPurpose(String newPurpose) {
        purpose = newPurpose;
    }

    /** The application name of the transactions in the server's activity view. */
    String applicationName() {
        return APPLICATION_NAME_PREFIX + purpose;
    }

    /** The server's process of this session; behind a pooler one of several. */
    int backendPid() {
        return server.process();
    }

    /**
     * Whether the connection goes through a pooler, which may use another process per transaction.
     */
    boolean isPooled() {
        return ConnectionPoolerDetector.isPooled(connection.getBackendPID(), server.process());
    }

    /** The server's own start time, which distinguishes it from other servers. */
    String serverStarted() {
        return server.started();
    }

    /** What is known of the primary's transactions, if the server is a standby. */
    public StandbyTransactions standby() {
        return standby;
    }

    /** Records that data was received from the server. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void markReceived() {
        received++;
    }

    /** Changes whenever data was received from the server. Callable from any thread. */
    public long received() {
        return received;
    }

    /**
     * Begins a transaction in which all statements use one database snapshot, taken by the first
     * statement that reads.
     */
    public void beginSnapshot() throws SQLException {
        begin(SNAPSHOT, "");
    }

    /**
     * The same, with a statement in the same message that takes no snapshot. If it fails, no
     * transaction is open.
     */
    public void beginSnapshot(String statement) throws SQLException {
        begin(SNAPSHOT, "; " + statement);
    }

    private void begin(String isolation, String suffix) throws SQLException {
        if (transactionOpen) {
            throw new IllegalStateException("a transaction is under way");
        }
        try {
            send(settings.begin(isolation, applicationName()) + suffix);
            transactionOpen = true;
        } catch (SQLException failure) {
            if (isUsable()) {
                // BEGIN itself may have succeeded
                send("ROLLBACK");
            }
            throw failure;
        }
    }

    /** Ends the transaction of {@link #beginSnapshot}; does nothing without a transaction. */
    public void endSnapshot() throws SQLException {
        // without a transaction the server would log a warning
        if (transactionOpen) {
            transactionOpen = false;
            send("ROLLBACK");
        }
    }

    /** Runs statements in the open transaction, or else in one of their own. */
    public <T> T inTransaction(Work<T> work) throws SQLException {
        if (transactionOpen) {
            return work.run();
        }
        begin(SINGLE_STATEMENTS, "");
        try {
            return work.run();
        } finally {
            if (isUsable()) {
                endSnapshot();
            }
        }
    }

    /**
     * Runs one query in the open transaction, or else in one of its own without an extra round
     * trip.
     *
     * @param sql built from quoted names and literals only
     */
    public <T> T query(String sql, Reader<T> reader) throws SQLException {
        runningStatement.begin();
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            if (transactionOpen) {
                try (ResultSet rows = statement.executeQuery(sql)) {
                    markReceived();
                    return reader.read(rows);
                }
            }
            String begin = settings.begin(SINGLE_STATEMENTS, applicationName());
            boolean hasRows = statement.execute(begin + "; " + sql + "\n; COMMIT");
            markReceived();
            while (!hasRows && statement.getUpdateCount() >= 0) {
                hasRows = statement.getMoreResults();
            }
            try (ResultSet rows = statement.getResultSet()) {
                return reader.read(rows);
            }
        } catch (SQLException failure) {
            if (!transactionOpen && isUsable()) {
                // the COMMIT after the failed statement was not executed
                send("ROLLBACK");
            }
            throw failure;
        } finally {
            runningStatement.end();
        }
    }

    /**
     * Whether a statement may be sent: the connection is not known to be broken or being closed.
     */
    public boolean isUsable() {
        try {
            return !runningStatement.isClosing() && !connection.isClosed();
        } catch (SQLException broken) {
            return false;
        }
    }

    /**
     * The first cell of the first row of a query.
     *
     * @param sql built from quoted names and literals only
     */
    public Optional<String> askForText(String sql) throws SQLException {
        return query(
                sql,
                rows -> rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty());
    }

    /**
     * The numbers in the only row of a query.
     *
     * @param sql built from quoted names and literals only
     */
    public List<Long> askForCounts(String sql) throws SQLException {
        return query(
                sql,
                rows -> {
                    rows.next();
                    List<Long> counts = new ArrayList<>();
                    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                        counts.add(rows.getLong(i));
                    }
                    return counts;
                });
    }

    /** Runs statements in the open transaction. */
    public void execute(String sql) throws SQLException {
        if (!transactionOpen) {
            throw new IllegalStateException("no transaction is under way: nothing is set");
        }
        send(sql);
    }

    private void send(String sql) throws SQLException {
        runningStatement.begin();
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
            markReceived();
        } finally {
            runningStatement.end();
        }
    }

    /** The statement that {@link #abort} cancels, for statements sent by other classes. */
    RunningStatement runningStatement() {
        return runningStatement;
    }

    /**
     * Cancels the running statement and closes the connection, from any thread, so that nothing
     * keeps running at the server. After a cancelled COPY a connection cannot be used further.
     */
    public void abort() {
        runningStatement.cancel(connection::cancelQuery);
        try {
            connection.abort(Runnable::run);
        } catch (SQLException alreadyGone) {
            // the connection is already closed
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException alreadyGone) {
            // nothing was written, so nothing can be lost
        }
    }
}
