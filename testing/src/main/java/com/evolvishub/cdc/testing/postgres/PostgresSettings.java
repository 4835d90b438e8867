package com.evolvishub.cdc.testing.postgres;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Settings to start one server.
 *
 * @param parameters server settings by name, in the order they are given to postgres
 * @param data the directory to keep; empty: a temporary one
 * @param port 0: any free port
 * @param major the required major version; empty: any
 * @param stopsWithJvm whether a shutdown hook stops the server
 */
record PostgresSettings(
        Map<String, String> parameters,
        Optional<Path> data,
        int port,
        OptionalInt major,
        boolean stopsWithJvm) {
    /** Fast instead of durable: the data may be lost when the machine crashes. */
    static final PostgresSettings DEFAULTS =
            new PostgresSettings(Map.of(), Optional.empty(), 0, OptionalInt.empty(), true)
                    .with("listen_addresses", "127.0.0.1")
                    .with("unix_socket_directories", "")
                    .with("max_connections", "200")
                    .with("max_prepared_transactions", "64")
                    .with("wal_level", "logical")
                    .with("fsync", "off")
                    .with("synchronous_commit", "off")
                    .with("full_page_writes", "off")
                    .with("timezone", "UTC")
                    .with("log_timezone", "UTC")
                    .with("log_line_prefix", "%m [%p] %d %a: ");

    PostgresSettings {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    PostgresSettings with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(parameters);
        more.put(name, value);
        return new PostgresSettings(more, data, port, major, stopsWithJvm);
    }
}
