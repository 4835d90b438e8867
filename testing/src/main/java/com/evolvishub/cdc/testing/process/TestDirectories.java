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

/** Folders with all they hold. */
public final class TestDirectories {

    /** Names a folder in memory for data that nobody keeps, as the build does for tests. */
    private static final String IN_MEMORY = "temporary.data";

    private static final long ENOUGH_SPACE = 6L << 30;
    private static final Path MEMORY = Path.of("/proc/meminfo");
    private static final Pattern AVAILABLE = Pattern.compile("MemAvailable:\\s+(\\d+) kB");
    private static final long ENOUGH_MEMORY_KB = 10L << 20;

    private TestDirectories() {}

    /**
     * A new folder for data that nobody keeps. Making and dropping a database takes a tenth of the
     * time in memory; so it lies there if the build has named a folder, and the machine has plenty.
     */
    public static Path temporary(String prefix) throws IOException {
        String named = System.getProperty(IN_MEMORY, "");
        return !named.isEmpty() && hasPlenty(Path.of(named))
                ? Files.createTempDirectory(Path.of(named), prefix)
                : Files.createTempDirectory(prefix);
    }

    private static boolean hasPlenty(Path folder) throws IOException {
        if (!Files.isWritable(folder) || !Files.isReadable(MEMORY)) {
            return false;
        }
        Matcher available = AVAILABLE.matcher(Files.readString(MEMORY));
        return Files.getFileStore(folder).getUsableSpace() >= ENOUGH_SPACE
                && available.find()
                && Long.parseLong(available.group(1)) >= ENOUGH_MEMORY_KB;
    }

    /**
     * Deletes the folder; what a server that is still stopping takes away meanwhile is no error.
     */
    public static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (UncheckedIOException e) {
            if (!(e.getCause() instanceof NoSuchFileException)) {
                throw e.getCause();
            }
            delete(folder);
        }
    }

    /** Writes a file that nobody else may read. */
    public static void writePrivate(Path file, List<String> lines) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, lines);
    }
}
