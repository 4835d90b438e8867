package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.planner.spec.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import com.evolvishub.cdc.planner.spec.Option;
import com.evolvishub.cdc.planner.spec.TlsSpec;
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
 * Transactions are the caller's. {@link #abort} may be called from any thread.
 */
final class PostgresSession {

    private static final String SETTINGS =
            """
            SET TimeZone = 'UTC';
            SET DateStyle = 'ISO, YMD';
            SET IntervalStyle = 'postgres';
            SET lc_monetary = 'C';
            SET array_nulls = on;
            SET quote_all_identifiers = off;
            SET xmloption = 'content';
            SET standard_conforming_strings = on;
            SET client_min_messages = warning;
            SET statement_timeout = 0;
            SET idle_in_transaction_session_timeout = 0;
            SET lock_timeout = 0;
            SET jit = off;
            SET default_transaction_isolation = 'read committed';
            SELECT set_config('synchronous_commit', 'on', false)
            WHERE current_setting('synchronous_commit') = 'off';
            SELECT set_config(name, '0', false) FROM pg_settings
            WHERE name IN ('idle_session_timeout', 'transaction_timeout')
            """;

    private static final String SOCKET_TIMEOUT = "socketTimeout";
    private static final int SECONDS_FOR_AN_ANSWER = 300;

    private final Connection connection;

    private PostgresSession(Connection connection) {
        this.connection = connection;
    }

    /** Connects. Waits as long as the endpoint's timeout allows. */
    static PostgresSession open(EndpointSpec endpoint, String mapping) throws SQLException {
        ConnectionSpec spec = endpoint.connection();
        Connection connection = new Driver().connect(url(spec), properties(spec, mapping));
        if (connection == null) {
            throw new SQLException("no PostgreSQL address: " + spec.host());
        }
        PostgresSession session = new PostgresSession(connection);
        try {
            session.execute(SETTINGS);
            // whoever else holds a lock for long is not taken for a server that does not answer
            session.execute(
                    "SET lock_timeout = '%ds'".formatted((secondsForAnAnswer(spec) + 1) / 2));
            connection.setNetworkTimeout(Runnable::run, 1000 * secondsForAnAnswer(spec));
            connection.setAutoCommit(false);
            return session;
        } catch (SQLException e) {
            session.abort();
            throw e;
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
        for (Option option : spec.parameters()) {
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
    static Duration timeForAnAnswer(ConnectionSpec spec) {
        int seconds = secondsForAnAnswer(spec);
        return seconds == 0
                ? Duration.ofSeconds(SECONDS_FOR_AN_ANSWER)
                : Duration.ofSeconds(seconds);
    }

    /** Whether a pooler stands between: then a server's process is not this session's alone. */
    boolean isPooled() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT pg_backend_pid()")) {
            found.next();
            return found.getInt(1) != connection.unwrap(PGConnection.class).getBackendPID();
        }
    }

    /** A server that vanished without a word must not hold the lane for ever. */
    private static int secondsForAnAnswer(ConnectionSpec spec) {
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
    int serverTakes() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found =
                        statement.executeQuery("SELECT current_setting('max_connections')::int")) {
            found.next();
            return found.getInt(1);
        }
    }

    Connection connection() {
        return connection;
    }

    CopyManager copyManager() throws SQLException {
        return connection.unwrap(PGConnection.class).getCopyAPI();
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // braces in a name are no escapes of the driver's
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    /** Runs a statement that changes rows. Returns how many. */
    long update(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            return statement.executeLargeUpdate(sql);
        }
    }

    /** The only number that a query gives. */
    long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            try (ResultSet row = statement.executeQuery(sql)) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    void commit() throws SQLException {
        connection.commit();
    }

    /**
     * Rolls back; a connection that cannot is of no more use, and that failure is the newer one.
     */
    void rollback() throws SQLException {
        connection.rollback();
    }

    /** Cuts the connection, whatever another thread does with it. Does not wait. */
    void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // it was closed already; there is nobody to tell and nothing to do
            return;
        }
    }
}
