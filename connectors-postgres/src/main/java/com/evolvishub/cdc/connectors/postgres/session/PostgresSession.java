package com.evolvishub.cdc.connectors.postgres.session;

import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import com.evolvishub.cdc.runtime.connection.ConnectionPoolerDetector;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * One connection to the destination, set up so that it reads COPY text as the source wrote it.
 * Behind a connection pooler each transaction applies the settings again, because it may use
 * another server process. The caller controls transactions. {@link #abort} may be called from any
 * thread.
 */
public final class PostgresSession {

    // %1$s: SET or SET LOCAL; %2$s: whether only for this transaction; %3$d: lock timeout
    private static final String SETTINGS =
            """
            %1$s TimeZone = 'UTC';
            %1$s DateStyle = 'ISO, YMD';
            %1$s IntervalStyle = 'postgres';
            %1$s lc_monetary = 'C';
            %1$s array_nulls = on;
            %1$s quote_all_identifiers = off;
            %1$s xmloption = 'content';
            %1$s standard_conforming_strings = on;
            %1$s client_min_messages = warning;
            %1$s statement_timeout = 0;
            %1$s idle_in_transaction_session_timeout = 0;
            %1$s lock_timeout = '%3$ds';
            %1$s jit = off;
            SELECT set_config('synchronous_commit', 'on', %2$s)
            WHERE current_setting('synchronous_commit') = 'off';
            SELECT set_config(name, '0', %2$s) FROM pg_settings
            WHERE name IN ('idle_session_timeout', 'transaction_timeout')
            """;

    private static final String SESSION_PREFIX =
            "SET default_transaction_isolation = 'read committed'; ";
    private static final String TRANSACTION_PREFIX =
            "SET TRANSACTION ISOLATION LEVEL READ COMMITTED READ WRITE; ";

    private static final String SOCKET_TIMEOUT = "socketTimeout";
    private static final int DEFAULT_RESPONSE_SECONDS = 300;

    private final Connection connection;
    private final boolean pooled;
    private final String transactionSettings;
    private boolean begun;

    private PostgresSession(Connection connection, boolean pooled, long lockSeconds) {
        this.connection = connection;
        this.pooled = pooled;
        this.transactionSettings =
                TRANSACTION_PREFIX + SETTINGS.formatted("SET LOCAL", "true", lockSeconds);
    }

    /** Connects. Waits at most for the endpoint's timeout. */
    public static PostgresSession open(EndpointSpec endpoint, String mapping) throws SQLException {
        ConnectionSpec spec = endpoint.connection();
        Connection connection = new Driver().connect(url(spec), properties(spec, mapping));
        if (connection == null) {
            throw new SQLException("no PostgreSQL address: " + spec.host());
        }
        try {
            // a lock wait must end before the response timeout, or it is taken for an unresponsive
            // server
            long lockSeconds = (responseTimeoutSeconds(spec) + 1L) / 2;
            PostgresSession session =
                    new PostgresSession(connection, isPooled(connection), lockSeconds);
            session.applySettings(lockSeconds);
            connection.setNetworkTimeout(Runnable::run, 1000 * responseTimeoutSeconds(spec));
            connection.setAutoCommit(false);
            return session;
        } catch (SQLException e) {
            abort(connection);
            throw e;
        }
    }

    private void applySettings(long lockSeconds) throws SQLException {
        if (pooled) {
            // a named prepared statement would not exist in the server process of the next
            // transaction
            connection.unwrap(PGConnection.class).setPrepareThreshold(0);
        } else {
            run(SESSION_PREFIX + SETTINGS.formatted("SET", "false", lockSeconds));
        }
    }

    /** Applies the settings behind a pooler, where they last only for one transaction. */
    private void begin() throws SQLException {
        if (pooled && !begun && !connection.getAutoCommit()) {
            begun = true;
            run(transactionSettings);
        }
    }

    private static String url(ConnectionSpec spec) {
        String host = spec.host().contains(":") ? "[" + spec.host() + "]" : spec.host();
        String database = URLEncoder.encode(spec.database(), StandardCharsets.UTF_8);
        return "jdbc:postgresql://%s:%d/%s"
                .formatted(host, spec.port(), database.replace("+", "%20"));
    }

    private static Properties properties(ConnectionSpec spec, String mapping) {
        Properties properties = new Properties();
        String seconds = Long.toString(Math.max(1, spec.timeout().toSeconds()));
        properties.setProperty("connectTimeout", seconds);
        properties.setProperty("tcpKeepAlive", "true");
        for (EndpointOption option : spec.parameters()) {
            properties.setProperty(option.name(), option.value().reveal());
        }
        // ends a login at a server that accepts connections and does not respond; a batch may take
        // longer
        properties.setProperty(SOCKET_TIMEOUT, seconds);
        set(properties, "user", spec.username());
        set(properties, "password", spec.password().reveal());
        properties.setProperty("ApplicationName", "evolvishub-cdc " + mapping);
        TlsSpec tls = spec.tls();
        set(properties, "sslmode", tls.mode());
        set(properties, "sslcert", tls.certificate());
        set(properties, "sslkey", tls.key());
        set(properties, "sslrootcert", tls.rootCertificate());
        return properties;
    }

    /** Returns the time after which a server that does not respond is given up. */
    public static Duration responseTimeout(ConnectionSpec spec) {
        int seconds = responseTimeoutSeconds(spec);
        return seconds == 0
                ? Duration.ofSeconds(DEFAULT_RESPONSE_SECONDS)
                : Duration.ofSeconds(seconds);
    }

    /**
     * Sets the time after which a server that does not respond is given up.
     *
     * @param time zero: never
     */
    public void setResponseTimeout(Duration time) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, Math.toIntExact(time.toMillis()));
    }

    /**
     * Whether the connection goes through a pooler: then the server process is shared with other
     * clients, and session state does not last from one transaction to the next.
     */
    public boolean isPooled() {
        return pooled;
    }

    private static boolean isPooled(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT pg_backend_pid()")) {
            found.next();
            int announcedPid = connection.unwrap(PGConnection.class).getBackendPID();
            return ConnectionPoolerDetector.isPooled(announcedPid, found.getInt(1));
        }
    }

    /** Returns the response timeout: an unreachable server must not block the pipeline forever. */
    private static int responseTimeoutSeconds(ConnectionSpec spec) {
        return spec.parameters().stream()
                .filter(option -> option.name().equals(SOCKET_TIMEOUT))
                .mapToInt(option -> Integer.parseInt(option.value().reveal()))
                .findFirst()
                .orElse(DEFAULT_RESPONSE_SECONDS);
    }

    private static void set(Properties properties, String name, String value) {
        if (!value.isEmpty()) {
            properties.setProperty(name, value);
        }
    }

    /** Returns the maximum number of connections of the server. */
    public int maxConnections() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found =
                        statement.executeQuery("SELECT current_setting('max_connections')::int")) {
            found.next();
            return found.getInt(1);
        }
    }

    /** Returns the connection for the current or next transaction; it must not be kept. */
    public Connection connection() throws SQLException {
        begin();
        return connection;
    }

    public CopyManager copyManager() throws SQLException {
        begin();
        return connection.unwrap(PGConnection.class).getCopyAPI();
    }

    public void execute(String sql) throws SQLException {
        begin();
        run(sql);
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // braces in a name are not escapes of the driver
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    /** Runs a statement that changes rows. Returns their number. */
    public long update(String sql) throws SQLException {
        begin();
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            return statement.executeLargeUpdate(sql);
        }
    }

    /** Returns the single number that a query returns. */
    public long number(String sql) throws SQLException {
        begin();
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            try (ResultSet row = statement.executeQuery(sql)) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    public void commit() throws SQLException {
        begun = false;
        connection.commit();
    }

    /** Rolls back. If that fails, the connection is unusable, and that failure is thrown. */
    public void rollback() throws SQLException {
        begun = false;
        connection.rollback();
    }

    /** Closes the connection, even while another thread uses it. Does not wait. */
    public void abort() {
        abort(connection);
    }

    private static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // it was closed already
            return;
        }
    }
}
