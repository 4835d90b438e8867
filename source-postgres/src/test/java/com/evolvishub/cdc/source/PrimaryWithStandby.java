package com.evolvishub.cdc.source;

import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import com.evolvishub.cdc.testing.process.ServerAvailability;
import com.evolvishub.cdc.testing.process.TestDirectories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A primary and a standby that streams from it: one pair per JVM, started on first use. A test also
 * needs {@link PostgresServer#shared}, which reports whether a server program exists.
 */
public final class PrimaryWithStandby implements BeforeAllCallback {

    /** Lock of tests that pause the standby's replay or depend on it: they run one at a time. */
    public static final String REPLAY = "the standby's replay";

    /** The first major version with a setting for the number of password hash iterations. */
    private static final int FIRST_WITH_SCRAM_ITERATIONS = 16;

    private static final PrimaryWithStandby SHARED = new PrimaryWithStandby();

    private Path template;
    private PostgresServer primary;
    private PostgresServer standby;

    private PrimaryWithStandby() {}

    public static PrimaryWithStandby shared() {
        return SHARED;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        ServerAvailability.require(this::start);
    }

    private synchronized void start() {
        if (primary != null) {
            return;
        }
        try {
            Path folder = TestDirectories.temporary("evolvishub-cdc-standby-");
            template = folder.resolve("empty");
            try (PostgresServer first = PostgresServer.builder().dataDirectory(template).start()) {
                reduceScramIterations(first);
            }
            copy(template, folder.resolve("primary"));
            primary = startServer(folder.resolve("primary"));
            standby = standbyOf(primary, folder.resolve("standby"));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(folder), "end-standby"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reduces the thousands of hash iterations per login, which tests would pay at each connection.
     */
    private static void reduceScramIterations(PostgresServer server) {
        Database database = server.database("postgres");
        if (ServerVersionAssumptions.of(database) >= FIRST_WITH_SCRAM_ITERATIONS) {
            database.execute(
                    "SET scram_iterations TO 1",
                    "ALTER ROLE %s PASSWORD '%s'".formatted(server.user(), server.password()));
        }
    }

    private static PostgresServer startServer(Path home) {
        return PostgresServer.builder()
                .parameter("wal_keep_size", "1GB")
                .dataDirectory(home)
                .start();
    }

    /**
     * Creates a standby that streams from {@code upstream}.
     *
     * @param home a folder that does not exist yet
     */
    public PostgresServer standbyOf(PostgresServer upstream, Path home) throws IOException {
        copy(template, home);
        Path data = home.resolve("data");
        Files.deleteIfExists(data.resolve("postmaster.pid"));
        Files.createFile(data.resolve("standby.signal"));
        Files.writeString(
                data.resolve("postgresql.auto.conf"),
                "\nprimary_conninfo = 'host=%s port=%d user=%s password=%s'\nhot_standby = on\n"
                                .formatted(
                                        upstream.host(),
                                        upstream.port(),
                                        upstream.user(),
                                        upstream.password())
                        + "max_standby_streaming_delay = 0\nhot_standby_feedback = on\n",
                StandardOpenOption.APPEND);
        return startServer(home);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Files.copy(
                        path,
                        to.resolve(from.relativize(path)),
                        java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private void end(Path folder) {
        standby.close();
        primary.close();
        try {
            TestDirectories.delete(folder);
        } catch (IOException leftBehind) {
            // the rest stays in the system's temporary folder
        }
    }

    public PostgresServer primary() {
        return primary;
    }

    public PostgresServer standby() {
        return standby;
    }

    /** A database of the primary as seen by the standby, after it has replayed everything. */
    public Database replica(Database source) {
        return replica(source, standby);
    }

    /** A database of the primary as seen by another standby. */
    public static Database replica(Database source, PostgresServer server) {
        await().until(
                        () ->
                                server.database("postgres")
                                        .queryOne(
                                                "SELECT count(*) FROM pg_database WHERE datname = '"
                                                        + source.name()
                                                        + "'"),
                        "1"::equals);
        Database replica = server.database(source.name());
        replay(source, replica);
        return replica;
    }

    /** Waits until the standby has replayed all that the primary has written. */
    public static void replay(Database source, Database replica) {
        // uncommitted changes are streamed after a flush, which this commit causes
        source.execute(
                "SET synchronous_commit TO on",
                "SELECT pg_logical_emit_message(true, 'flush', '')");
        String end = source.queryOne("SELECT pg_current_wal_flush_lsn()");
        await().until(
                        () -> replica.queryOne("SELECT pg_last_wal_replay_lsn() >= '" + end + "'"),
                        "t"::equals);
    }

    /** Pauses the standby's replay after it has replayed everything. */
    public static void pause(Database source, Database replica) {
        replay(source, replica);
        replica.execute("SELECT pg_wal_replay_pause()");
    }

    /** Resumes the standby's replay and waits until it has replayed everything. */
    public static void resume(Database source, Database replica) {
        replica.execute("SELECT pg_wal_replay_resume()");
        replay(source, replica);
    }
}
