package com.evolvishub.cdc.capture.postgres;

import com.evolvishub.cdc.planner.spec.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.Option;
import com.evolvishub.cdc.planner.spec.TlsSpec;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.jdbc.PgConnection;

/** Opens connections with PostgreSQL's JDBC driver. The one place here that reveals a password. */
final class PostgresConnections {

    private static final Duration CANCEL_TIMEOUT = Duration.ofSeconds(2);

    private PostgresConnections() {}

    static PgConnection open(ConnectionSpec spec, String applicationName) throws SQLException {
        Properties properties = properties(spec, applicationName);
        // host, port and database are properties too: nothing in them can change the URL's meaning
        return (PgConnection) new Driver().connect("jdbc:postgresql:", properties);
    }

    static Properties properties(ConnectionSpec spec, String applicationName) {
        Properties properties = new Properties();
        for (Option parameter : spec.parameters()) {
            properties.setProperty(parameter.name(), parameter.value().reveal());
        }
        PGProperty.PG_HOST.set(properties, spec.host());
        PGProperty.PG_PORT.set(properties, String.valueOf(spec.port()));
        PGProperty.PG_DBNAME.set(properties, spec.database());
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
        PGProperty.CANCEL_SIGNAL_TIMEOUT.set(properties, (int) CANCEL_TIMEOUT.toSeconds());
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        PGProperty.APPLICATION_NAME.set(properties, applicationName);
        PGProperty.READ_ONLY.set(properties, true);
        PGProperty.READ_ONLY_MODE.set(properties, "always");
        // each statement is sent once or seldom; named ones do not get along with poolers
        PGProperty.PREPARE_THRESHOLD.set(properties, 0);
        return properties;
    }

    private static void setUnlessEmpty(PGProperty property, String value, Properties properties) {
        if (!value.isEmpty()) {
            property.set(properties, value);
        }
    }
}
