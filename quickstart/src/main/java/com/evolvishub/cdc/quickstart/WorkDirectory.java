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

/** The folder of one quickstart: a given one is kept, a temporary one goes when it is closed. */
record WorkDirectory(Path path, boolean kept) implements AutoCloseable {

    static WorkDirectory open(Optional<Path> given, boolean keep) throws IOException {
        if (given.isPresent()) {
            return new WorkDirectory(Files.createDirectories(given.get().toAbsolutePath()), true);
        }
        Path fresh = Files.createTempDirectory("evolvishub-cdc-quickstart-");
        // for root the server may run as another user, who has to get through to its own folder
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwx--x--x"));
        return new WorkDirectory(fresh, keep);
    }

    @Override
    public void close() throws IOException {
        if (kept || !Files.exists(path)) {
            return;
        }
        try (Stream<Path> all = Files.walk(path)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (UncheckedIOException e) {
            if (!(e.getCause() instanceof NoSuchFileException)) {
                throw e.getCause();
            }
            close(); // something that is still ending took it first
        }
    }
}
