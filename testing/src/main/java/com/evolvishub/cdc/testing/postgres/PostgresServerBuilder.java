package com.evolvishub.cdc.testing.postgres;

import com.evolvishub.cdc.testing.process.ServerUnavailableException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Settings to start a {@link PostgresServer}. By default it listens on a free port, keeps its data
 * in a temporary directory, allows 200 connections and 64 prepared transactions, uses {@code
 * wal_level = logical} and never syncs to disk. Immutable.
 */
public final class PostgresServerBuilder {
    private final PostgresSettings settings;

    PostgresServerBuilder(PostgresSettings settings) {
        this.settings = settings;
    }

    /** Sets a server parameter, as {@code postgres -c name=value} does. */
    public PostgresServerBuilder parameter(String name, String value) {
        return new PostgresServerBuilder(settings.with(name, value));
    }

    /** Logs every statement to {@link PostgresServer#logFile}. */
    public PostgresServerBuilder logsStatements() {
        return parameter("log_statement", "all");
    }

    /** Keeps the data in this directory; existing data is used. */
    public PostgresServerBuilder dataDirectory(Path directory) {
        return new PostgresServerBuilder(
                new PostgresSettings(
                        settings.parameters(),
                        Optional.of(directory),
                        settings.port(),
                        settings.major(),
                        settings.stopsWithJvm()));
    }

    /** Listens on this port instead of a free one. */
    public PostgresServerBuilder port(int port) {
        return new PostgresServerBuilder(
                new PostgresSettings(
                        settings.parameters(),
                        settings.data(),
                        port,
                        settings.major(),
                        settings.stopsWithJvm()));
    }

    /** Requires a program of this major version. */
    public PostgresServerBuilder major(int version) {
        return new PostgresServerBuilder(
                new PostgresSettings(
                        settings.parameters(),
                        settings.data(),
                        settings.port(),
                        OptionalInt.of(version),
                        settings.stopsWithJvm()));
    }

    /**
     * Does not stop the server in a shutdown hook: the caller stops it, so other shutdown hooks can
     * still use the server.
     */
    public PostgresServerBuilder outlivesShutdownHooks() {
        return new PostgresServerBuilder(
                new PostgresSettings(
                        settings.parameters(),
                        settings.data(),
                        settings.port(),
                        settings.major(),
                        false));
    }

    /**
     * Starts the server and returns when it accepts connections, after one or two seconds.
     *
     * @throws ServerUnavailableException if no program is found or the server does not start
     */
    public PostgresServer start() {
        return PostgresServer.start(settings);
    }
}
