package com.evolvishub.cdc.testing.postgres;

import com.evolvishub.cdc.testing.process.ServerAvailability;
import com.evolvishub.cdc.testing.process.ServerUnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A PostgreSQL server on 127.0.0.1, running until {@link #close}. In tests:
 *
 * <pre>
 * &#64;RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
 *
 * &#64;Test
 * void readsAllRows(@FreshDatabase Database source) { ... }
 * </pre>
 *
 * <p>The server program comes from Maven (default), else from the machine. With {@code
 * -Dservers.postgres.url=jdbc:postgresql://host:port/db?user=...&password=...}, {@link #shared}
 * uses a server that is already running. Where no server is available, tests are skipped with the
 * reason, or fail with it under {@code -Dservers.required=true}.
 *
 * <p>Thread-safe.
 */
public final class PostgresServer implements AutoCloseable, BeforeAllCallback, ParameterResolver {
    private static final PostgresServer SHARED =
            new PostgresServer(PostgresSettings.DEFAULTS, true);

    private final PostgresSettings settings;
    private final boolean mayBeExternal;
    private PostgresProcess process;
    private Database maintenance;
    private int version;

    private PostgresServer(PostgresSettings settings, boolean mayBeExternal) {
        this.settings = settings;
        this.mayBeExternal = mayBeExternal;
    }

    /**
     * Returns the shared server of this JVM, started on first use and stopped when the JVM exits.
     * {@link #close} does not stop it.
     */
    public static PostgresServer shared() {
        return SHARED;
    }

    /** Builds a separate server with its own settings. */
    public static PostgresServerBuilder builder() {
        return new PostgresServerBuilder(PostgresSettings.DEFAULTS);
    }

    static PostgresServer start(PostgresSettings settings) {
        PostgresServer server = new PostgresServer(settings, false);
        server.maintenance();
        return server;
    }

    /** The JDBC URL of a database of this server, without user and password. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://" + host() + ":" + port() + "/" + database;
    }

    public String host() {
        return maintenance().host();
    }

    public int port() {
        return maintenance().port();
    }

    /** The name of a superuser. */
    public String user() {
        return maintenance().user();
    }

    public String password() {
        return maintenance().password();
    }

    /** The id of the server's main process; kill it to crash the server. */
    public long pid() {
        return ownProcess().pid();
    }

    /** The log of the server since its start. */
    public Path logFile() {
        return ownProcess().log();
    }

    /**
     * Returns the database of this name with the superuser's login; does not check that it exists.
     */
    public Database database(String name) {
        return new Database(name, jdbcUrl(name), host(), port(), user(), password());
    }

    /** Creates an empty database. */
    public Database createDatabase(String name) {
        // faster than WAL_LOG; versions 13 and 14 always copy files
        String how = version() < 15 ? "" : " STRATEGY FILE_COPY";
        maintenance().execute("CREATE DATABASE " + quoted(name) + how);
        return database(name);
    }

    private synchronized int version() {
        if (version == 0) {
            version = Integer.parseInt(maintenance().queryOne("SHOW server_version_num")) / 10_000;
        }
        return version;
    }

    /**
     * Drops a database if it exists, and ends the sessions and prepared transactions that use it.
     */
    public void dropDatabase(String name) {
        for (var row :
                maintenance()
                        .queryAll(
                                "SELECT format('ROLLBACK PREPARED %L', gid) FROM pg_prepared_xacts"
                                        + " WHERE database = '"
                                        + name.replace("'", "''")
                                        + "'")) {
            // ROLLBACK PREPARED must run in the database of the transaction
            database(name).execute(row.get(0));
        }
        maintenance().execute("DROP DATABASE IF EXISTS " + quoted(name) + " WITH (FORCE)");
    }

    /** Stops the server, and deletes its data if it is temporary. A second call does nothing. */
    @Override
    public void close() {
        if (this != SHARED) {
            stop();
        }
    }

    private synchronized void stop() {
        if (process != null) {
            process.close();
            process = null;
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        ServerAvailability.require(this::maintenance);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.isAnnotated(FreshDatabase.class)
                && parameter.getParameter().getType() == Database.class;
    }

    @Override
    public Database resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return FreshDatabaseFactory.create(this, context);
    }

    /** Returns the maintenance database; starts the server on the first call. */
    private synchronized Database maintenance() {
        if (maintenance == null) {
            Optional<Database> external =
                    mayBeExternal ? ExternalServer.configured() : Optional.empty();
            maintenance = external.isPresent() ? external.get() : startProcess();
        }
        return maintenance;
    }

    private Database startProcess() {
        PostgresProgram program = PostgresProgram.find(settings.major());
        try {
            PostgresDataDirectory data = PostgresDataDirectory.at(settings.data());
            process = startIn(data, program);
            if (settings.stopsWithJvm()) {
                Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop-postgres"));
            }
            String host = "127.0.0.1";
            String url = "jdbc:postgresql://" + host + ":" + process.port() + "/postgres";
            return new Database(
                    "postgres",
                    url,
                    host,
                    process.port(),
                    PostgresDataDirectory.SUPERUSER,
                    data.password());
        } catch (IOException e) {
            throw new ServerUnavailableException(
                    "PostgreSQL (" + program.origin() + ") does not start: " + e.getMessage(), e);
        }
    }

    private PostgresProcess startIn(PostgresDataDirectory data, PostgresProgram program)
            throws IOException {
        try {
            data.initialize(program);
            return PostgresProcess.start(program, data, settings);
        } catch (IOException | RuntimeException e) {
            data.close();
            throw e;
        }
    }

    private synchronized PostgresProcess ownProcess() {
        maintenance();
        if (process == null) {
            throw new IllegalStateException(
                    "no process of ours: the server is lent by -Dservers.postgres.url, or stopped");
        }
        return process;
    }

    private static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
