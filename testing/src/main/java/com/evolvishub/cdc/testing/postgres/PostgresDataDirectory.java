package com.evolvishub.cdc.testing.postgres;

import com.evolvishub.cdc.testing.process.OsUser;
import com.evolvishub.cdc.testing.process.TestDirectories;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The directory of one server: PostgreSQL's files in {@code data}, and next to it the superuser's
 * password and the log. The password is random and created with the directory, so no other user of
 * the machine knows it.
 */
final class PostgresDataDirectory implements AutoCloseable {
    static final String SUPERUSER = "postgres";

    /** The first major version of PostgreSQL with the setting {@code scram_iterations}. */
    private static final int FIRST_WITH_SCRAM_ITERATIONS = 16;

    private final Path home;
    private final boolean temporary;

    private PostgresDataDirectory(Path home, boolean temporary) {
        this.home = home;
        this.temporary = temporary;
    }

    /**
     * Returns the given directory, which is kept, or a new one, which {@link #close} deletes. Does
     * not run initdb.
     */
    static PostgresDataDirectory at(Optional<Path> kept) throws IOException {
        if (kept.isPresent()) {
            Path home = Files.createDirectories(kept.get().toAbsolutePath());
            return new PostgresDataDirectory(home, false);
        }
        Path home = TestDirectories.temporary("evolvishub-cdc-postgresql-");
        return new PostgresDataDirectory(home, true);
    }

    /** Creates the database cluster if none exists. */
    void initialize(PostgresProgram program) throws IOException {
        if (Files.exists(dataPath().resolve("PG_VERSION"))) {
            return;
        }
        TestDirectories.delete(dataPath()); // left by an interrupted first start
        Files.createDirectories(dataPath());
        Path password = home.resolve("password");
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        Files.deleteIfExists(password);
        Files.createFile(
                password,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(password, HexFormat.of().formatHex(random));
        List<Path> serverFiles = List.of(home, dataPath(), password);
        if (OsUser.current() == OsUser.ROOT_AS_NOBODY) {
            for (Path path : serverFiles) {
                Files.setAttribute(path, "unix:uid", OsUser.NOBODY);
                Files.setAttribute(path, "unix:gid", OsUser.NOBODY);
            }
        }
        List<String> command =
                new ArrayList<>(
                        List.of(
                                program.initdb().toString(),
                                "--pgdata=" + dataPath(),
                                "--username=" + SUPERUSER,
                                "--pwfile=" + password,
                                "--auth=scram-sha-256",
                                "--encoding=UTF8",
                                "--locale=C",
                                "--no-sync"));
        if (temporary && program.major() >= FIRST_WITH_SCRAM_ITERATIONS) {
            // by default a client computes thousands of hashes for each login
            command.add("--set=scram_iterations=1");
        }
        Path log = home.resolve("initdb.log");
        Process process =
                new ProcessBuilder(OsUser.current().command(command))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException("initdb failed: " + Files.readString(log));
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted during initdb", e);
        }
    }

    Path dataPath() {
        return home.resolve("data");
    }

    Path log() {
        return home.resolve("server.log");
    }

    String password() throws IOException {
        return Files.readString(home.resolve("password")).strip();
    }

    boolean isTemporary() {
        return temporary;
    }

    /**
     * Whether the server with this process id accepts connections, according to its {@code
     * postmaster.pid} file.
     */
    boolean isReady(long pid) throws IOException {
        try {
            List<String> lines =
                    Files.readAllLines(
                            dataPath().resolve("postmaster.pid"), StandardCharsets.UTF_8);
            return lines.size() >= 8
                    && lines.get(0).strip().equals(String.valueOf(pid))
                    && lines.get(7).strip().equals("ready");
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        if (temporary) {
            TestDirectories.delete(home);
        }
    }
}
