package com.evolvishub.cdc.testing.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A dynamic class-data sharing archive of the JDK: JVMs with the same class path start from it in
 * half the time. The first JVM that is started with {@link #useOrMake} and exits normally writes
 * the archive; other JVMs start without it until then.
 *
 * <p>Archives are in the directory of the system property {@code class.archives}, which the build
 * sets for tests. Without the property, or with a directory on the class path, there is no archive.
 */
public final class ClassDataArchive {

    /** A claim file older than this belongs to a JVM that was killed. */
    private static final Duration CLAIM_TIMEOUT = Duration.ofMinutes(5);

    private static final int UUID_AND_SUFFIX = 36 + ".jsa".length();

    private final Optional<Path> file;
    private Optional<Path> making = Optional.empty();

    private ClassDataArchive(Optional<Path> file) {
        this.file = file;
    }

    /**
     * Returns the archive for one JVM to start.
     *
     * @param name of the program; a new archive replaces one of the same program with other jars
     */
    public static ClassDataArchive of(String name, String classPath) {
        String directory = System.getProperty("class.archives", "");
        if (directory.isBlank()) {
            return new ClassDataArchive(Optional.empty());
        }
        StringBuilder content = new StringBuilder(System.getProperty("java.vm.version"));
        for (String entry : classPath.split(System.getProperty("path.separator"), -1)) {
            Path jar = Path.of(entry);
            if (!Files.isRegularFile(jar)) {
                return new ClassDataArchive(Optional.empty());
            }
            try {
                content.append('\n').append(jar).append(Files.size(jar));
                content.append(Files.getLastModifiedTime(jar));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        UUID key = UUID.nameUUIDFromBytes(content.toString().getBytes(StandardCharsets.UTF_8));
        return new ClassDataArchive(Optional.of(Path.of(directory, name + "-" + key + ".jsa")));
    }

    /** Whether there is no archive and no JVM is creating one. */
    public boolean isMissing() {
        return file.isPresent() && !Files.exists(file.get()) && !Files.exists(claim());
    }

    /** Options of a JVM that starts from the archive if it exists. */
    public List<String> use() {
        return file.filter(Files::exists)
                // disables the JVM's message on standard output when it cannot use the archive
                .map(archive -> List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:disable"))
                .orElse(List.of());
    }

    /**
     * Options of a JVM that writes the archive when it exits, if no other JVM has done so or is
     * doing so; else the same as {@link #use}. The caller reports the exit by {@link #ended} or
     * {@link #killed}.
     */
    public List<String> useOrMake() {
        if (file.isEmpty() || Files.exists(file.get()) || !claimed()) {
            return use();
        }
        Path unfinished = file.get().resolveSibling(file.get().getFileName() + ".unfinished");
        making = Optional.of(unfinished);
        return List.of("-XX:ArchiveClassesAtExit=" + unfinished, "-Xlog:disable");
    }

    /** Whether the JVM writes the archive when it exits; it must then be stopped normally. */
    public boolean isMaking() {
        return making.isPresent();
    }

    /** Reports that the JVM exited normally. */
    public void ended() {
        try {
            if (making.isPresent() && Files.exists(making.get())) {
                deleteOlder();
                Files.move(making.get(), file.get(), StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        killed();
    }

    /** Reports that the JVM did not exit normally: another JVM may create the archive. */
    public void killed() {
        try {
            if (making.isPresent()) {
                making = Optional.empty();
                Files.deleteIfExists(claim());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean claimed() {
        try {
            Files.createDirectories(file.get().getParent());
            if (Files.exists(claim()) && age(claim()).compareTo(CLAIM_TIMEOUT) > 0) {
                Files.deleteIfExists(claim());
            }
            Files.createFile(claim());
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Duration age(Path file) throws IOException {
        return Duration.between(Files.getLastModifiedTime(file).toInstant(), Instant.now());
    }

    private Path claim() {
        return file.get().resolveSibling(file.get().getFileName() + ".claim");
    }

    private void deleteOlder() throws IOException {
        String name = file.get().getFileName().toString();
        String program = name.substring(0, name.length() - UUID_AND_SUFFIX);
        List<Path> older = new ArrayList<>();
        try (Stream<Path> all = Files.list(file.get().getParent())) {
            all.filter(path -> path.getFileName().toString().startsWith(program))
                    .filter(path -> path.getFileName().toString().endsWith(".jsa"))
                    .forEach(older::add);
        }
        for (Path path : older) {
            Files.deleteIfExists(path);
        }
    }
}
