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
 * The folder of one server: PostgreSQL's own files in data, the superuser's password and the log
 * beside it. The password is made up when the folder is made, so that no other user of the machine
 * knows it.
 */
final class PostgresDataDirectory implements AutoCloseable {
    static final String SUPERUSER = "postgres";

    /** The first major version of PostgreSQL that can be told how often to hash a password. */
    private static final int FIRST_WITH_FEWER_ROUNDS = 16;

    private final Path home;
    private final boolean temporary;

    private PostgresDataDirectory(Path home, boolean temporary) {
        this.home = home;
        this.temporary = temporary;
    }

    /** The given folder, kept after the end; or a new one, deleted at the end. Not yet filled. */
    static PostgresDataDirectory at(Optional<Path> kept) throws IOException {
        if (kept.isPresent()) {
            Path home = Files.createDirectories(kept.get().toAbsolutePath());
            return new PostgresDataDirectory(home, false);
        }
        Path home = TestDirectories.temporary("evolvishub-cdc-postgresql-");
        return new PostgresDataDirectory(home, true);
    }

    /** Makes the database cluster if there is none. */
    void initialize(PostgresProgram program) throws IOException {
        if (Files.exists(folder().resolve("PG_VERSION"))) {
            return;
        }
        TestDirectories.delete(folder()); // what an interrupted first start left
        Files.createDirectories(folder());
        Path password = home.resolve("password");
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        Files.deleteIfExists(password);
        Files.createFile(
                password,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(password, HexFormat.of().formatHex(random));
        List<Path> handedOver = List.of(home, folder(), password);
        if (OsUser.current() == OsUser.ROOT_AS_NOBODY) {
            for (Path path : handedOver) {
                Files.setAttribute(path, "unix:uid", OsUser.NOBODY);
                Files.setAttribute(path, "unix:gid", OsUser.NOBODY);
            }
        }
        List<String> command =
                new ArrayList<>(
                        List.of(
                                program.initdb().toString(),
                                "--pgdata=" + folder(),
                                "--username=" + SUPERUSER,
                                "--pwfile=" + password,
                                "--auth=scram-sha-256",
                                "--encoding=UTF8",
                                "--locale=C",
                                "--no-sync"));
        if (temporary && program.major() >= FIRST_WITH_FEWER_ROUNDS) {
            // a login costs a client thousands of hashes, which tests pay at every connection
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

    Path folder() {
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
     * Whether the server with this process id has said, in its own file, that it takes connections.
     */
    boolean isReady(long pid) throws IOException {
        try {
            List<String> lines =
                    Files.readAllLines(folder().resolve("postmaster.pid"), StandardCharsets.UTF_8);
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
