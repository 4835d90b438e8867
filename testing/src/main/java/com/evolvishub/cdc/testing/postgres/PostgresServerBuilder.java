package com.evolvishub.cdc.testing.postgres;

import com.evolvishub.cdc.testing.process.ServerUnavailableException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Says how to start a {@link PostgresServer}. Without a word it listens on a free port, keeps its
 * data in a temporary folder, takes 200 connections and 64 prepared transactions, writes a logical
 * log and never syncs to disk. Immutable.
 */
public final class PostgresServerBuilder {
    private final PostgresSettings settings;

    PostgresServerBuilder(PostgresSettings settings) {
        this.settings = settings;
    }

    /** Any server parameter, as {@code postgres -c name=value} takes it. */
    public PostgresServerBuilder parameter(String name, String value) {
        return new PostgresServerBuilder(settings.with(name, value));
    }

    /** Writes every statement that the server receives to {@link PostgresServer#logFile}. */
    public PostgresServerBuilder logsStatements() {
        return parameter("log_statement", "all");
    }

    /** Keeps the data in this folder and goes on from what stands there. */
    public PostgresServerBuilder dataDirectory(Path folder) {
        return new PostgresServerBuilder(
                new PostgresSettings(
                        settings.parameters(),
                        Optional.of(folder),
                        settings.port(),
                        settings.major(),
                        settings.stopsWithJvm()));
    }

    /** Listens on this port and on no other. */
    public PostgresServerBuilder port(int port) {
        return new PostgresServerBuilder(
                new PostgresSettings(
                        settings.parameters(),
                        settings.data(),
                        port,
                        settings.major(),
                        settings.stopsWithJvm()));
    }

    /** Takes only a program of this major version. */
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
     * Leaves the stopping to the caller when the JVM ends in good order, so that others who need
     * the server in their own shutdown hooks still find it.
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
     * Starts the server and returns when it takes connections; a second or two.
     *
     * @throws ServerUnavailableException if there is no program, or it does not start
     */
    public PostgresServer start() {
        return PostgresServer.start(settings);
    }
}
