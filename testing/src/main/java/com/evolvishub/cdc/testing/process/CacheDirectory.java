package com.evolvishub.cdc.testing.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The directory that keeps unpacked programs between runs: the user's cache directory. */
public final class CacheDirectory {
    private CacheDirectory() {}

    /**
     * Returns the directory; creates it if it does not exist. It is under the temporary directory
     * when the user's cache is not writable, or when the server runs as another OS user, which
     * cannot read the cache.
     */
    public static Path directory() throws IOException {
        if (OsUser.current() == OsUser.ROOT_AS_NOBODY) {
            return temporary();
        }
        String configured = System.getenv("XDG_CACHE_HOME");
        Path cache =
                configured == null || configured.isBlank()
                        ? Path.of(System.getProperty("user.home"), ".cache")
                        : Path.of(configured);
        try {
            return Files.createDirectories(cache.resolve("evolvishub-cdc"));
        } catch (IOException e) {
            return temporary();
        }
    }

    private static Path temporary() throws IOException {
        String user = System.getProperty("user.name");
        Path directory = Path.of(System.getProperty("java.io.tmpdir"), "evolvishub-cdc-" + user);
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        if (!Files.getOwner(directory).getName().equals(user)) {
            throw new IOException(directory + " belongs to " + Files.getOwner(directory));
        }
        return directory;
    }
}
