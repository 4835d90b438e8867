package com.evolvishub.cdc.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Makes a directory accessible: for root PostgreSQL runs as another user, which needs access to its
 * data directory.
 */
final class AccessibleDirectory {
    private AccessibleDirectory() {}

    static Path in(Path directory) throws IOException {
        return Files.setPosixFilePermissions(
                directory, PosixFilePermissions.fromString("rwx--x--x"));
    }
}
