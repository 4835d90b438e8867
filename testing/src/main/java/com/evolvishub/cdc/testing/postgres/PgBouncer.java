package com.evolvishub.cdc.testing.postgres;

import com.evolvishub.cdc.testing.process.ChildProcess;
import com.evolvishub.cdc.testing.process.FreePorts;
import com.evolvishub.cdc.testing.process.OsUser;
import com.evolvishub.cdc.testing.process.TestDirectories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A PgBouncer on 127.0.0.1 with {@code pool_mode = transaction}, so session settings of a client
 * can be lost between transactions. The program must be installed on the machine ({@code apt-get
 * install pgbouncer}). Where it is not, the test is skipped with the reason, even with {@code
 * -Dservers.required=true}.
 */
public final class PgBouncer implements AutoCloseable {

    private static final long START_MILLIS = 60_000;

    private final Process process;
    private final Path directory;
    private final int port;

    private PgBouncer(Process process, Path directory, int port) {
        this.process = process;
        this.directory = directory;
        this.port = port;
    }

    /**
     * Starts a PgBouncer in front of a database. Skips the test where the program is not installed.
     *
     * @param serverProcesses maximum number of concurrent transactions
     * @param users further logins: name and password alternate
     */
    public static PgBouncer before(Database database, int serverProcesses, String... users) {
        Path program =
                Stream.of("/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer")
                        .map(Path::of)
                        .filter(Files::isExecutable)
                        .findFirst()
                        .orElse(null);
        Assumptions.assumeTrue(
                program != null, "pgbouncer is not installed; apt-get install pgbouncer");
        try {
            return start(program, database, serverProcesses, List.of(users));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PgBouncer start(
            Path program, Database database, int serverProcesses, List<String> users)
            throws IOException {
        Path directory = Files.createTempDirectory("pgbouncer-");
        int port = FreePorts.find();
        List<String> logins = new ArrayList<>();
        logins.add("\"%s\" \"%s\"".formatted(database.user(), database.password()));
        for (int i = 0; i < users.size(); i += 2) {
            logins.add("\"%s\" \"%s\"".formatted(users.get(i), users.get(i + 1)));
        }
        Files.write(directory.resolve("users.txt"), logins);
        Files.writeString(
                directory.resolve("pgbouncer.ini"),
                """
                [databases]
                * = host=%s port=%d
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = plain
                auth_file = %s
                pool_mode = transaction
                default_pool_size = %d
                """
                        .formatted(
                                database.host(),
                                database.port(),
                                port,
                                directory.resolve("users.txt"),
                                serverProcesses));
        if (OsUser.current() == OsUser.ROOT_AS_NOBODY) {
            OsUser.succeeds(
                    List.of("chown", "-R", String.valueOf(OsUser.NOBODY), directory.toString()));
        }
        List<String> command =
                List.of(program.toString(), directory.resolve("pgbouncer.ini").toString());
        ProcessBuilder builder =
                new ProcessBuilder(OsUser.current().command(ChildProcess.command(command)))
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("log").toFile());
        PgBouncer started =
                new PgBouncer(ChildProcess.start(builder, "pgbouncer-" + port), directory, port);
        started.awaitReady();
        return started;
    }

    private void awaitReady() throws IOException {
        long deadline = System.currentTimeMillis() + START_MILLIS;
        while (!isReady()) {
            if (ended(20) || System.currentTimeMillis() > deadline) {
                String log = Files.readString(directory.resolve("log"));
                close();
                throw new IOException("pgbouncer does not start:\n" + log);
            }
        }
    }

    /** Reads the log, because another process may have taken the port and accept connections. */
    private boolean isReady() throws IOException {
        return Files.readString(directory.resolve("log"))
                .contains("listening on 127.0.0.1:" + port);
    }

    private boolean ended(long millis) {
        try {
            return process.waitFor(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Returns the same database, reached through the pooler. */
    public Database of(Database database) {
        return new Database(
                database.name(),
                "jdbc:postgresql://127.0.0.1:" + port + "/" + database.name(),
                "127.0.0.1",
                port,
                database.user(),
                database.password());
    }

    /** Stops PgBouncer; running transactions are aborted. */
    @Override
    public void close() {
        process.destroy();
        if (!ended(60_000)) {
            process.destroyForcibly();
        }
        try {
            TestDirectories.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
