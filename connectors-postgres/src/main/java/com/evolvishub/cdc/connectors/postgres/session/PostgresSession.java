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
 * One connection to the destination, set up so that COPY text means what it meant at the source.
 * Behind a connection pooler each transaction sets itself up, since the next one may be another
 * server process's. Transactions are the caller's. {@link #abort} may be called from any thread.
 */
public final class PostgresSession {

    // %1$s: SET or SET LOCAL; %2$s: whether only for this transaction
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

    private static final String OF_SESSION =
            "SET default_transaction_isolation = 'read committed'; ";
    private static final String OF_TRANSACTION =
            "SET TRANSACTION ISOLATION LEVEL READ COMMITTED READ WRITE; ";

    private static final String SOCKET_TIMEOUT = "socketTimeout";
    private static final int SECONDS_FOR_AN_ANSWER = 300;

    private final Connection connection;
    private final boolean pooled;
    private final String ofTransaction;
    private boolean begun;

    private PostgresSession(Connection connection, boolean pooled, long lockSeconds) {
        this.connection = connection;
        this.pooled = pooled;
        this.ofTransaction = OF_TRANSACTION + SETTINGS.formatted("SET LOCAL", "true", lockSeconds);
    }

    /** Connects. Waits as long as the endpoint's timeout allows. */
    public static PostgresSession open(EndpointSpec endpoint, String mapping) throws SQLException {
        ConnectionSpec spec = endpoint.connection();
        Connection connection = new Driver().connect(url(spec), properties(spec, mapping));
        if (connection == null) {
            throw new SQLException("no PostgreSQL address: " + spec.host());
        }
        try {
            // whoever else holds a lock for long is not taken for a server that does not answer
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
            // a statement that is prepared under a name is another server process's tomorrow
            connection.unwrap(PGConnection.class).setPrepareThreshold(0);
        } else {
            run(OF_SESSION + SETTINGS.formatted("SET", "false", lockSeconds));
        }
    }

    /** Behind a pooler what one transaction has set is gone in the next. */
    private void begin() throws SQLException {
        if (pooled && !begun && !connection.getAutoCommit()) {
            begun = true;
            run(ofTransaction);
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
        // a server that takes connections and says nothing; a batch may take longer
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

    /** After how long a server that does not answer is given up. */
    public static Duration responseTimeout(ConnectionSpec spec) {
        int seconds = responseTimeoutSeconds(spec);
        return seconds == 0
                ? Duration.ofSeconds(SECONDS_FOR_AN_ANSWER)
                : Duration.ofSeconds(seconds);
    }

    /**
     * Gives up a server that does not answer for so long.
     *
     * @param time zero: never
     */
    public void setResponseTimeout(Duration time) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, Math.toIntExact(time.toMillis()));
    }

    /**
     * Whether a pooler stands between: then a server's process is not this session's alone, and
     * nothing lasts from one transaction to the next.
     */
    public boolean isPooled() {
        return pooled;
    }

    private static boolean isPooled(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT pg_backend_pid()")) {
            found.next();
            int announced = connection.unwrap(PGConnection.class).getBackendPID();
            return ConnectionPoolerDetector.isPooled(announced, found.getInt(1));
        }
    }

    /** A server that vanished without a word must not hold the lane for ever. */
    private static int responseTimeoutSeconds(ConnectionSpec spec) {
        return spec.parameters().stream()
                .filter(option -> option.name().equals(SOCKET_TIMEOUT))
                .mapToInt(option -> Integer.parseInt(option.value().reveal()))
                .findFirst()
                .orElse(SECONDS_FOR_AN_ANSWER);
    }

    private static void set(Properties properties, String name, String value) {
        if (!value.isEmpty()) {
            properties.setProperty(name, value);
        }
    }

    /** How many connections the server takes in all. */
    public int maxConnections() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found =
                        statement.executeQuery("SELECT current_setting('max_connections')::int")) {
            found.next();
            return found.getInt(1);
        }
    }

    /** The connection, for the transaction under way or the next one; not to be kept. */
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
            // braces in a name are no escapes of the driver's
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    /** Runs a statement that changes rows. Returns how many. */
    public long update(String sql) throws SQLException {
        begin();
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            return statement.executeLargeUpdate(sql);
        }
    }

    /** The only number that a query gives. */
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

    /**
     * Rolls back; a connection that cannot is of no more use, and that failure is the newer one.
     */
    public void rollback() throws SQLException {
        begun = false;
        connection.rollback();
    }

    /** Cuts the connection, whatever another thread does with it. Does not wait. */
    public void abort() {
        abort(connection);
    }

    private static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // it was closed already; there is nobody to tell and nothing to do
            return;
        }
    }
}
