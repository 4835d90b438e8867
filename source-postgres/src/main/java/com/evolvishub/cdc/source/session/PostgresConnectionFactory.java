package com.evolvishub.cdc.source.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import java.net.URLEncoder;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.jdbc.PreferQueryMode;

/**
 * Opens connections with PostgreSQL's JDBC driver. Only this class of the package reveals a
 * password.
 */
final class PostgresConnectionFactory {

    private static final Duration CANCEL_TIMEOUT = Duration.ofSeconds(2);

    /** The oldest supported server version. */
    private static final String OLDEST_SERVER = "13";

    private static final String SOCKET_TIMEOUT = PGProperty.SOCKET_TIMEOUT.getName();

    private PostgresConnectionFactory() {}

    static PgConnection open(ConnectionSpec spec, String applicationName) throws SQLException {
        Properties properties = properties(spec, applicationName);
        // host and port as properties and the name encoded: none can change the URL's meaning
        String url = "jdbc:postgresql:" + URLEncoder.encode(spec.database(), UTF_8);
        return (PgConnection) new Driver().connect(url, properties);
    }

    static Properties properties(ConnectionSpec spec, String applicationName) {
        Properties properties = new Properties();
        for (EndpointOption parameter : spec.parameters()) {
            properties.setProperty(parameter.name(), parameter.value().reveal());
        }
        PGProperty.PG_HOST.set(properties, spec.host());
        PGProperty.PG_PORT.set(properties, String.valueOf(spec.port()));
        setUnlessEmpty(PGProperty.USER, spec.username(), properties);
        setUnlessEmpty(PGProperty.PASSWORD, spec.password().reveal(), properties);
        TlsSpec tls = spec.tls();
        setUnlessEmpty(PGProperty.SSL_MODE, tls.mode(), properties);
        setUnlessEmpty(PGProperty.SSL_CERT, tls.certificate(), properties);
        setUnlessEmpty(PGProperty.SSL_KEY, tls.key(), properties);
        setUnlessEmpty(PGProperty.SSL_ROOT_CERT, tls.rootCertificate(), properties);

        int seconds = (int) Math.max(1, spec.timeout().plusMillis(999).toSeconds());
        PGProperty.CONNECT_TIMEOUT.set(properties, seconds);
        // for a server that accepts the connection and then does not respond
        PGProperty.LOGIN_TIMEOUT.set(properties, seconds);
        // after the login timeout the driver retries in its own thread: this ends it. Once the
        // session is open, a missing response is no error
        PGProperty.SOCKET_TIMEOUT.set(properties, seconds);
        PGProperty.CANCEL_SIGNAL_TIMEOUT.set(properties, (int) CANCEL_TIMEOUT.toSeconds());
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        PGProperty.APPLICATION_NAME.set(properties, applicationName);
        // each transaction declares READ ONLY itself: the driver would set it for the session, and
        // a transaction pooler passes that session to other clients
        PGProperty.READ_ONLY.set(properties, false);
        // otherwise the driver sends SET application_name once it knows the server's version
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, OLDEST_SERVER);
        // several statements in one text are sent as one message; only statements with parameters
        // use the extended protocol
        PGProperty.PREFER_QUERY_MODE.set(properties, PreferQueryMode.EXTENDED_FOR_PREPARED.value());
        // each statement is sent once or rarely; named ones outlive the transaction, and a pooler
        // passes the session that has them to other clients
        PGProperty.PREPARE_THRESHOLD.set(properties, 0);
        // poolers reject or ignore a search path at startup: TransactionSettings sets it
        PGProperty.CURRENT_SCHEMA.set(properties, null);
        return properties;
    }

    /**
     * Removes the timeout of the login: a statement may take any time, unless the file sets a
     * timeout.
     */
    static void removeSocketTimeout(ConnectionSpec spec, PgConnection connection)
            throws SQLException {
        int seconds = parameter(spec, SOCKET_TIMEOUT).map(Integer::parseInt).orElse(0);
        connection.setNetworkTimeout(Runnable::run, (int) Duration.ofSeconds(seconds).toMillis());
    }

    /** The search path of unqualified names, as given in the file. */
    static Optional<String> searchPath(ConnectionSpec spec) {
        return parameter(spec, PGProperty.CURRENT_SCHEMA.getName());
    }

    private static Optional<String> parameter(ConnectionSpec spec, String name) {
        return spec.parameters().stream()
                .filter(parameter -> parameter.name().equals(name))
                .map(parameter -> parameter.value().reveal())
                .findFirst();
    }

    private static void setUnlessEmpty(PGProperty property, String value, Properties properties) {
        if (!value.isEmpty()) {
            property.set(properties, value);
        }
    }
}
