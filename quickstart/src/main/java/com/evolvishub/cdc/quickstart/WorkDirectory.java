package com.evolvishub.cdc.quickstart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** The directory of one quickstart: keeps a given one, deletes a temporary one on close. */
record WorkDirectory(Path path, boolean kept) implements AutoCloseable {

    static WorkDirectory open(Optional<Path> given, boolean keep) throws IOException {
        if (given.isPresent()) {
            return new WorkDirectory(Files.createDirectories(given.get().toAbsolutePath()), true);
        }
        Path temporary = Files.createTempDirectory("evolvishub-cdc-quickstart-");
        // for root the server may run as another user, which needs access to its own directory
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwx--x--x"));
        return new WorkDirectory(temporary, keep);
    }

    @Override
    public void close() throws IOException {
        if (kept || !Files.exists(path)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(path)) {
            for (Path file : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (UncheckedIOException e) {
            if (!(e.getCause() instanceof NoSuchFileException)) {
                throw e.getCause();
            }
            close(); // a process that is still ending has deleted it first
        }
    }
}
