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
 * A primary and a standby that streams from it: one pair a JVM, started on first use. {@link
 * PostgresServer#shared} must be at hand too, since it says whether there is a server program.
 */
public final class PrimaryWithStandby implements BeforeAllCallback {

    /** Of tests that pause the standby's replay, or rely on it: one at a time. */
    public static final String REPLAY = "the standby's replay";

    /** The first major version that can be told how often to hash a password. */
    private static final int FIRST_WITH_FEWER_ROUNDS = 16;

    private static final PrimaryWithStandby SHARED = new PrimaryWithStandby();

    private Path empty;
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
            empty = folder.resolve("empty");
            try (PostgresServer first = PostgresServer.builder().dataDirectory(empty).start()) {
                loginsCostLittle(first);
            }
            copy(empty, folder.resolve("primary"));
            primary = serving(folder.resolve("primary"));
            standby = standbyOf(primary, folder.resolve("standby"));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(folder), "end-standby"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A login costs a client thousands of hashes, which tests pay at every connection. */
    private static void loginsCostLittle(PostgresServer server) {
        Database database = server.database("postgres");
        if (ServerVersionAssumptions.of(database) >= FIRST_WITH_FEWER_ROUNDS) {
            database.execute(
                    "SET scram_iterations TO 1",
                    "ALTER ROLE %s PASSWORD '%s'".formatted(server.user(), server.password()));
        }
    }

    private static PostgresServer serving(Path home) {
        return PostgresServer.builder()
                .parameter("wal_keep_size", "1GB")
                .dataDirectory(home)
                .start();
    }

    /**
     * Another server that streams from one of the pair.
     *
     * @param home a folder that is not there yet
     */
    public PostgresServer standbyOf(PostgresServer of, Path home) throws IOException {
        copy(empty, home);
        Path data = home.resolve("data");
        Files.deleteIfExists(data.resolve("postmaster.pid"));
        Files.createFile(data.resolve("standby.signal"));
        Files.writeString(
                data.resolve("postgresql.auto.conf"),
                "\nprimary_conninfo = 'host=%s port=%d user=%s password=%s'\nhot_standby = on\n"
                                .formatted(of.host(), of.port(), of.user(), of.password())
                        + "max_standby_streaming_delay = 0\nhot_standby_feedback = on\n",
                StandardOpenOption.APPEND);
        return serving(home);
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
            // in the system's folder for what may be lost
        }
    }

    public PostgresServer primary() {
        return primary;
    }

    public PostgresServer standby() {
        return standby;
    }

    /** A database of the primary as the standby shows it, all of it replayed. */
    public Database replica(Database source) {
        return replica(source, standby);
    }

    /** The same at another standby. */
    public static Database replica(Database source, PostgresServer shownBy) {
        await().until(
                        () ->
                                shownBy.database("postgres")
                                        .queryOne(
                                                "SELECT count(*) FROM pg_database WHERE datname = '"
                                                        + source.name()
                                                        + "'"),
                        "1"::equals);
        Database replica = shownBy.database(source.name());
        replay(source, replica);
        return replica;
    }

    /** Waits until the standby has replayed all that the primary has written. */
    public static void replay(Database source, Database replica) {
        // what is not committed yet is sent once it is flushed, and this flushes it
        source.execute(
                "SET synchronous_commit TO on",
                "SELECT pg_logical_emit_message(true, 'flush', '')");
        String end = source.queryOne("SELECT pg_current_wal_flush_lsn()");
        await().until(
                        () -> replica.queryOne("SELECT pg_last_wal_replay_lsn() >= '" + end + "'"),
                        "t"::equals);
    }

    /** Stops the standby's replay, once it has replayed all there is. */
    public static void pause(Database source, Database replica) {
        replay(source, replica);
        replica.execute("SELECT pg_wal_replay_pause()");
    }

    /** Lets the standby replay again, and waits until it has. */
    public static void resume(Database source, Database replica) {
        replica.execute("SELECT pg_wal_replay_resume()");
        replay(source, replica);
    }
}
