package com.evolvishub.cdc.testing.postgres;

import java.util.Optional;
import java.util.Properties;
import org.postgresql.Driver;

/** A server that is already running, configured by the system property servers.postgres.url. */
final class ExternalServer {
    private ExternalServer() {}

    static Optional<Database> configured() {
        String url = System.getProperty("servers.postgres.url", "");
        if (url.isBlank()) {
            return Optional.empty();
        }
        Properties parts = Driver.parseURL(url, new Properties());
        if (parts == null) {
            throw new IllegalArgumentException(
                    "servers.postgres.url is not of the form"
                            + " jdbc:postgresql://host:port/database?user=...&password=...");
        }
        String host = parts.getProperty("PGHOST");
        int port = Integer.parseInt(parts.getProperty("PGPORT"));
        String name = parts.getProperty("PGDBNAME");
        return Optional.of(
                new Database(
                        name,
                        "jdbc:postgresql://" + host + ":" + port + "/" + name,
                        host,
                        port,
                        parts.getProperty("user", PostgresDataDirectory.SUPERUSER),
                        parts.getProperty("password", "")));
    }
}
