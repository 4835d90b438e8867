package com.evolvishub.cdc.testing.redis;

import com.evolvishub.cdc.testing.postgres.PostgresProgram;
import com.evolvishub.cdc.testing.process.CacheDirectory;
import com.evolvishub.cdc.testing.process.OsUser;
import com.evolvishub.cdc.testing.process.ServerUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The redis-server program.
 *
 * @param origin human-readable, for messages
 */
record RedisProgram(Path file, String origin) {

    /** Resources of the Maven artifact by system and processor. */
    private static final Map<String, String> RESOURCES =
            Map.of(
                    "linux amd64", "redis-server-6.2.6-v5-linux-amd64",
                    "linux aarch64", "redis-server-6.2.7-linux-arm64",
                    "mac x86_64", "redis-server-6.2.6-v5-darwin-amd64",
                    "mac aarch64", "redis-server-6.2.6-v5-darwin-arm64");

    /**
     * Returns the first program found: the one from Maven on the class path if it runs on this
     * machine, else the one on the PATH.
     *
     * @throws ServerUnavailableException if no program is found
     */
    static RedisProgram find() {
        return fromMaven()
                .or(RedisProgram::onPath)
                .orElseThrow(
                        () ->
                                new ServerUnavailableException(
                                        "no redis-server program: none from Maven that runs on this"
                                                + " system (it needs OpenSSL 3), none on the PATH."
                                                + " Install one"));
    }

    private static Optional<RedisProgram> fromMaven() {
        String resource = RESOURCES.get(system());
        if (resource == null) {
            return Optional.empty();
        }
        try (InputStream packed =
                RedisProgram.class.getClassLoader().getResourceAsStream(resource)) {
            if (packed == null) {
                return Optional.empty();
            }
            Path file = CacheDirectory.directory().resolve(resource);
            if (!Files.isExecutable(file)) {
                unpack(packed, file);
            }
            return OsUser.succeeds(List.of(file.toString(), "--version"))
                    ? Optional.of(new RedisProgram(file, "Maven"))
                    : Optional.empty();
        } catch (IOException e) {
            throw new ServerUnavailableException("cannot unpack " + resource + ": " + e, e);
        }
    }

    /**
     * Several processes may do this at the same time: each unpacks into its own file and renames
     * it.
     */
    private static void unpack(InputStream packed, Path file) throws IOException {
        Path fresh = Files.createTempFile(file.getParent(), "unpacking-", "");
        Files.copy(packed, fresh, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static Optional<RedisProgram> onPath() {
        return PostgresProgram.directoryOnPath("redis-server")
                .map(bin -> new RedisProgram(bin.resolve("redis-server"), "on the PATH"));
    }

    private static String system() {
        String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String system = name.contains("mac") ? "mac" : name;
        return system + " " + System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    }
}
