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
 * A session that reads in transactions of its own: each begins with its settings ({@link
 * TransactionSettings}), so that the text of a value never depends on the server's, the database's
 * or the role's settings. Nothing is set for the session, and nothing is kept in it from one
 * transaction to the next: behind a transaction pooler each may have another server process. The
 * search path stays the role's own unless the connection names one.
 *
 * <p>Used by one thread; only {@link #abort} may be called from another one.
 */
public final class SourceSession implements AutoCloseable {

    /** How the names of sessions begin that only read, so that a look can leave them out. */
    public static final String APPLICATION_NAME_PREFIX = "evolvishub-cdc-read ";

    private static final String SNAPSHOT = "REPEATABLE READ";
    private static final String SINGLE_STATEMENTS = "READ COMMITTED";

    /** The driver has sent the JVM's zone at the start, so the session itself no longer knows. */
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
     * What the server says of itself when the session is opened.
     *
     * @param roleZone see {@link SourceSession#roleZone}
     * @param connections how many it takes in all
     * @param started when it was started; sets it apart from any other
     * @param process that answered
     */
    private record ServerFacts(String roleZone, int connections, String started, int process) {}

    private SourceSession(PgConnection connection, TransactionSettings settings, String purpose) {
        this.connection = connection;
        this.settings = settings;
        this.purpose = purpose;
    }

    /** Reads the answer to a statement. */
    public interface Reader<T> {
        /** Called once, before the first row. */
        T read(ResultSet found) throws SQLException;
    }

    /** Statements of one transaction. */
    public interface Work<T> {
        /** Sends them. */
        T run() throws SQLException;
    }

    /**
     * Opens a session.
     *
     * @param purpose what it is for: the server's activity view shows it behind {@code
     *     evolvishub-cdc-read}
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
                            found -> {
                                found.next();
                                return new ServerFacts(
                                        found.getString(1),
                                        found.getInt(2),
                                        found.getString(3),
                                        found.getInt(4));
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

    /** The driver's connection: for what {@link #query} cannot do, within a transaction. */
    public PgConnection connection() {
        if (!transactionOpen) {
            throw new IllegalStateException("no transaction is under way: nothing is set");
        }
        return connection;
    }

    /**
     * The zone the role's own sessions have: its own setting, else the database's, else the zone
     * the server was set up in.
     */
    public String roleZone() {
        return server.roleZone();
    }

    /** The server's major version. */
    public int majorVersion() {
        return connection.getServerMajorVersion();
    }

    /** How many connections the server takes in all. */
    int maxConnections() {
        return server.connections();
    }

    /** It comes from a rest. */
    void markReused() {
        reused = true;
    }

    /** Whether it lay idle before, so that it may be gone without anybody having noticed. */
    public boolean isReused() {
        return reused;
    }

    /** It is for questions that are asked once, and waits longer for a lock than a poll. */
    public void useOneTimeLockTimeout() {
        settings = settings.forOneTimeQueries();
    }

    /** What its next transactions are for: the server's activity view shows it. */
    public void setPurpose(String newPurpose) {
        purpose = newPurpose;
    }

    /** What its transactions are called in the server's activity view. */
    String applicationName() {
        return APPLICATION_NAME_PREFIX + purpose;
    }

    /** The server's process for this session; behind a pooler it is only one of those. */
    int backendPid() {
        return server.process();
    }

    /** Whether a pooler stands in between, which may give each transaction another process. */
    boolean isPooled() {
        return ConnectionPoolerDetector.isPooled(connection.getBackendPID(), server.process());
    }

    /** When the server was started, as it tells itself: sets it apart from any other. */
    String serverStarted() {
        return server.started();
    }

    /** What is known of the primary's transactions, if the server is a standby. */
    public StandbyTransactions standby() {
        return standby;
    }

    /** Something came from the server. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void markReceived() {
        received++;
    }

    /** Changes whenever something has come from the server. Callable from any thread. */
    public long received() {
        return received;
    }

    /**
     * Begins a transaction in which all statements see one and the same state of the database, that
     * of the first statement which reads anything.
     */
    public void beginSnapshot() throws SQLException {
        begin(SNAPSHOT, "");
    }

    /**
     * The same, with a statement in the same message that takes no snapshot. When it fails, nothing
     * is under way.
     */
    public void beginSnapshot(String statement) throws SQLException {
        begin(SNAPSHOT, "; " + statement);
    }

    private void begin(String isolation, String behind) throws SQLException {
        if (transactionOpen) {
            throw new IllegalStateException("a transaction is under way");
        }
        try {
            send(settings.begin(isolation, applicationName()) + behind);
            transactionOpen = true;
        } catch (SQLException failure) {
            if (isUsable()) {
                // BEGIN itself may have been run
                send("ROLLBACK");
            }
            throw failure;
        }
    }

    /** Ends what {@link #beginSnapshot} began; does nothing outside of a transaction. */
    public void endSnapshot() throws SQLException {
        // without a transaction the server would write a warning to its log
        if (transactionOpen) {
            transactionOpen = false;
            send("ROLLBACK");
        }
    }

    /** Runs statements in the transaction under way, else in one of their own. */
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
     * Asks one question, in the transaction under way, else in one of its own that costs no round
     * trip more.
     *
     * @param sql made of names and literals that are quoted
     */
    public <T> T query(String sql, Reader<T> reader) throws SQLException {
        runningStatement.begin();
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            if (transactionOpen) {
                try (ResultSet found = statement.executeQuery(sql)) {
                    markReceived();
                    return reader.read(found);
                }
            }
            String begin = settings.begin(SINGLE_STATEMENTS, applicationName());
            boolean hasRows = statement.execute(begin + "; " + sql + "\n; COMMIT");
            markReceived();
            while (!hasRows && statement.getUpdateCount() >= 0) {
                hasRows = statement.getMoreResults();
            }
            try (ResultSet found = statement.getResultSet()) {
                return reader.read(found);
            }
        } catch (SQLException failure) {
            if (!transactionOpen && isUsable()) {
                // what stands behind the statement that failed was not run
                send("ROLLBACK");
            }
            throw failure;
        } finally {
            runningStatement.end();
        }
    }

    /** Whether a statement may be sent: the connection was not seen to break, nor is it ended. */
    public boolean isUsable() {
        try {
            return !runningStatement.isClosing() && !connection.isClosed();
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
        return query(
                sql,
                found -> found.next() ? Optional.ofNullable(found.getString(1)) : Optional.empty());
    }

    /**
     * The numbers in a statement's one row.
     *
     * @param sql made of names and literals that are quoted
     */
    public List<Long> askForCounts(String sql) throws SQLException {
        return query(
                sql,
                found -> {
                    found.next();
                    List<Long> counts = new ArrayList<>();
                    for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                        counts.add(found.getLong(i));
                    }
                    return counts;
                });
    }

    /** Runs statements in the transaction under way. */
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

    /** What {@link #abort} ends: for statements that are not sent from here. */
    RunningStatement runningStatement() {
        return runningStatement;
    }

    /**
     * Ends the statement under way and the connection, from any thread: nothing goes on at the
     * server. After a COPY that was cancelled a connection is out of step, so there is nothing to
     * be kept.
     */
    public void abort() {
        runningStatement.cancel(connection::cancelQuery);
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
