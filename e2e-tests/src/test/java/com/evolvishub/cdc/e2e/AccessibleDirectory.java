package com.evolvishub.cdc.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** For root PostgreSQL runs as another user, who has to get through to its own folder. */
final class AccessibleDirectory {
    private AccessibleDirectory() {}

    static Path in(Path folder) throws IOException {
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    }
}
