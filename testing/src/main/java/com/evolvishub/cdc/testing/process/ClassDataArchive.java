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
 * Classes as one JVM has loaded them, for the next JVMs with the same class path, which then start
 * in half the time (the JDK calls it dynamic class-data sharing). The first JVM that is asked to
 * make the archive, and ends in good order, leaves it behind; other JVMs do without it until then.
 *
 * <p>Archives lie in the folder that the system property {@code class.archives} names, as the build
 * does for tests. Without it, or with a folder on the class path, there are none.
 */
public final class ClassDataArchive {

    /** A claim older than this was left behind by a JVM that was killed. */
    private static final Duration CLAIM = Duration.ofMinutes(5);

    private static final int UUID_AND_SUFFIX = 36 + ".jsa".length();

    private final Optional<Path> file;
    private Optional<Path> making = Optional.empty();

    private ClassDataArchive(Optional<Path> file) {
        this.file = file;
    }

    /**
     * The archive of one JVM to start.
     *
     * @param name tells programs apart; an archive of the same program with other jars is deleted
     *     when a new one is made
     */
    public static ClassDataArchive of(String name, String classPath) {
        String folder = System.getProperty("class.archives", "");
        if (folder.isBlank()) {
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
        return new ClassDataArchive(Optional.of(Path.of(folder, name + "-" + key + ".jsa")));
    }

    /** Whether there is no archive, and nobody makes it. */
    public boolean isMissing() {
        return file.isPresent() && !Files.exists(file.get()) && !Files.exists(claim());
    }

    /** Options of a JVM that starts from the archive if it is there. */
    public List<String> use() {
        return file.filter(Files::exists)
                // a JVM that cannot use it says so on standard output, and goes on without
                .map(archive -> List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:disable"))
                .orElse(List.of());
    }

    /**
     * Options of a JVM that makes the archive at its end, if nobody has or does; else the same as
     * {@link #use}. Its end is to be told by {@link #ended} or {@link #killed}.
     */
    public List<String> useOrMake() {
        if (file.isEmpty() || Files.exists(file.get()) || !claimed()) {
            return use();
        }
        Path unfinished = file.get().resolveSibling(file.get().getFileName() + ".unfinished");
        making = Optional.of(unfinished);
        return List.of("-XX:ArchiveClassesAtExit=" + unfinished, "-Xlog:disable");
    }

    /** Whether the JVM makes the archive, so that it should end in good order. */
    public boolean isMaking() {
        return making.isPresent();
    }

    /** The JVM has ended in good order. */
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

    /** The JVM has ended in any other way: somebody else may make the archive. */
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
            if (Files.exists(claim()) && age(claim()).compareTo(CLAIM) > 0) {
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
