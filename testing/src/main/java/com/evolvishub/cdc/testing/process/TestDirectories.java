package com.evolvishub.cdc.testing.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Creates and deletes the directories of tests. */
public final class TestDirectories {

    /**
     * System property with a directory in memory for temporary data; the build sets it for tests.
     */
    private static final String IN_MEMORY = "temporary.data";

    private static final long ENOUGH_SPACE = 6L << 30;
    private static final Path MEMORY = Path.of("/proc/meminfo");
    private static final Pattern AVAILABLE = Pattern.compile("MemAvailable:\\s+(\\d+) kB");
    private static final long ENOUGH_MEMORY_KB = 10L << 20;

    private TestDirectories() {}

    /**
     * Creates a directory for temporary data. Creating and dropping a database in memory takes a
     * tenth of the time, so the directory is in memory if the build has configured one and the
     * machine has enough space and memory.
     */
    public static Path temporary(String prefix) throws IOException {
        String configured = System.getProperty(IN_MEMORY, "");
        return !configured.isEmpty() && hasEnough(Path.of(configured))
                ? Files.createTempDirectory(Path.of(configured), prefix)
                : Files.createTempDirectory(prefix);
    }

    private static boolean hasEnough(Path directory) throws IOException {
        if (!Files.isWritable(directory) || !Files.isReadable(MEMORY)) {
            return false;
        }
        Matcher available = AVAILABLE.matcher(Files.readString(MEMORY));
        return Files.getFileStore(directory).getUsableSpace() >= ENOUGH_SPACE
                && available.find()
                && Long.parseLong(available.group(1)) >= ENOUGH_MEMORY_KB;
    }

    /**
     * Deletes the directory with its content. A server that is still stopping may delete files at
     * the same time; that is not an error.
     */
    public static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (UncheckedIOException e) {
            if (!(e.getCause() instanceof NoSuchFileException)) {
                throw e.getCause();
            }
            delete(directory);
        }
    }

    /** Writes a file that only this OS user can read. */
    public static void writePrivate(Path file, List<String> lines) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, lines);
    }
}
