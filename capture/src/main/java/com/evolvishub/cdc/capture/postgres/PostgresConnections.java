package com.evolvishub.cdc.capture.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.evolvishub.cdc.planner.spec.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.Option;
import com.evolvishub.cdc.planner.spec.TlsSpec;
import java.net.URLEncoder;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.jdbc.PgConnection;

/** Opens connections with PostgreSQL's JDBC driver. The one place here that reveals a password. */
final class PostgresConnections {

    private static final Duration CANCEL_TIMEOUT = Duration.ofSeconds(2);

    private static final String SOCKET_TIMEOUT = PGProperty.SOCKET_TIMEOUT.getName();

    private PostgresConnections() {}

    static PgConnection open(ConnectionSpec spec, String applicationName) throws SQLException {
        Properties properties = properties(spec, applicationName);
        // host and port as properties and the name encoded: none can change the URL's meaning
        String url = "jdbc:postgresql:" + URLEncoder.encode(spec.database(), UTF_8);
        return (PgConnection) new Driver().connect(url, properties);
    }

    static Properties properties(ConnectionSpec spec, String applicationName) {
        Properties properties = new Properties();
        for (Option parameter : spec.parameters()) {
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
        // a server that takes the connection and then says nothing
        PGProperty.LOGIN_TIMEOUT.set(properties, seconds);
        // the driver goes on trying in a thread of its own after that: this ends it. Once the
        // session stands, silence is no sign of trouble
        PGProperty.SOCKET_TIMEOUT.set(properties, seconds);
        PGProperty.CANCEL_SIGNAL_TIMEOUT.set(properties, (int) CANCEL_TIMEOUT.toSeconds());
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        PGProperty.APPLICATION_NAME.set(properties, applicationName);
        PGProperty.READ_ONLY.set(properties, true);
        PGProperty.READ_ONLY_MODE.set(properties, "always");
        // each statement is sent once or seldom; named ones do not get along with poolers
        PGProperty.PREPARE_THRESHOLD.set(properties, 0);
        return properties;
    }

    /** A statement may take any time, unless the file says otherwise. */
    static void waitAsLongAsItTakes(ConnectionSpec spec, PgConnection connection)
            throws SQLException {
        int seconds =
                spec.parameters().stream()
                        .filter(parameter -> parameter.name().equals(SOCKET_TIMEOUT))
                        .mapToInt(parameter -> Integer.parseInt(parameter.value().reveal()))
                        .findFirst()
                        .orElse(0);
        connection.setNetworkTimeout(Runnable::run, (int) Duration.ofSeconds(seconds).toMillis());
    }

    private static void setUnlessEmpty(PGProperty property, String value, Properties properties) {
        if (!value.isEmpty()) {
            property.set(properties, value);
        }
    }
}
