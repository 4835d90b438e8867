package com.evolvishub.cdc.job.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where one file's state lies: {@code checkpoints/}, {@code savepoints/}, a lock that keeps a
 * second run out, and the last status. Not thread-safe.
 */
public final class StateDirectory implements AutoCloseable {

    private final Path root;
    private FileChannel channel;
    private FileLock lock;

    public StateDirectory(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /** The directory itself. */
    public Path root() {
        return root;
    }

    /** Where Flink writes its checkpoints. */
    public Path checkpoints() {
        return root.resolve("checkpoints");
    }

    /** Where a stopped run leaves its state. */
    public Path savepoints() {
        return root.resolve("savepoints");
    }

    /** The status that the last run left. */
    public Path status() {
        return root.resolve("status.json");
    }

    /** Process id and address of the run that holds the lock. */
    private Path owner() {
        return root.resolve("run");
    }

    /**
     * Takes the directory for this process, making it if need be.
     *
     * @throws StateDirectoryException if another run has it, or it cannot be written
     */
    public void lock() {
        try {
            Files.createDirectories(root);
            channel =
                    FileChannel.open(
                            root.resolve("lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            lock = channel.tryLock();
        } catch (OverlappingFileLockException inThisProcess) {
            throw new StateDirectoryException(
                    "state directory %s is in use by another run of this process".formatted(root),
                    inThisProcess);
        } catch (AccessDeniedException denied) {
            throw new StateDirectoryException(
                    "state directory %s cannot be written; choose another with --state-dir"
                            .formatted(root),
                    denied);
        } catch (IOException unusable) {
            throw new StateDirectoryException(
                    "state directory %s cannot be used (%s); choose another with --state-dir"
                            .formatted(root, unusable.getMessage()),
                    unusable);
        }
        if (lock == null) {
            throw new StateDirectoryException(
                    "state directory %s is in use by %s; stop that run, or choose another directory with --state-dir"
                            .formatted(root, runningAs().orElse("another run")),
                    null);
        }
    }

    /** Tells other processes where this run's REST API is. */
    public void writeAddress(String address) throws IOException {
        replace(owner(), "%d %s%n".formatted(ProcessHandle.current().pid(), address));
    }

    /**
     * Address of the REST API of the run that holds this directory now; empty when none does. Reads
     * the lock, so a killed run is not taken for a living one.
     */
    public Optional<String> runningAt() {
        if (!isLocked()) {
            return Optional.empty();
        }
        return ownerLine().map(line -> line.substring(line.indexOf(' ') + 1));
    }

    private Optional<String> runningAs() {
        return ownerLine().map(line -> "process " + line.substring(0, line.indexOf(' ')));
    }

    private Optional<String> ownerLine() {
        try {
            String line = Files.readString(owner()).trim();
            return line.indexOf(' ') > 0 ? Optional.of(line) : Optional.empty();
        } catch (IOException notThere) {
            return Optional.empty();
        }
    }

    private boolean isLocked() {
        Path file = root.resolve("lock");
        if (!Files.exists(file)) {
            return false;
        }
        try (FileChannel probe = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock free = probe.tryLock()) {
            return free == null;
        } catch (OverlappingFileLockException inThisProcess) {
            return true;
        } catch (IOException unreadable) {
            return false;
        }
    }

    /** Writes the status for {@code status} to find once this run is gone; never half of it. */
    public void saveStatus(String json) throws IOException {
        replace(status(), json);
    }

    private static void replace(Path file, String text) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(draft, text);
        Files.move(
                draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Drops every checkpoint and savepoint: the next run begins anew. */
    public void deleteState() throws IOException {
        for (Path folder : List.of(checkpoints(), savepoints())) {
            delete(folder);
        }
        Files.deleteIfExists(status());
    }

    /** Whether a folder to go on from was left by a stop, and not by a checkpoint. */
    boolean isSavepoint(Path folder) {
        return savepoints().equals(folder.getParent());
    }

    /**
     * Drops the savepoints of earlier runs, which Flink leaves to us: nothing refers to their
     * files. Where a run goes on from a checkpoint, the last savepoint stays until one is newer.
     *
     * @param newest what the next run goes on from
     */
    public void dropSavepointsOtherThan(Path newest) throws IOException {
        if (!isSavepoint(newest)) {
            return;
        }
        try (Stream<Path> all = Files.list(savepoints())) {
            for (Path savepoint : all.filter(folder -> !folder.equals(newest)).toList()) {
                delete(savepoint);
            }
        }
    }

    /**
     * Drops folders without a single file in them, which restarts leave behind. Files are Flink's
     * own: an old run's folder may hold some that newer checkpoints refer to.
     */
    public void deleteEmptyDirectories() throws IOException {
        for (Path folder : List.of(checkpoints(), savepoints())) {
            if (!Files.isDirectory(folder)) {
                continue;
            }
            try (Stream<Path> runs = Files.list(folder)) {
                for (Path run : runs.toList()) {
                    if (isWithoutFiles(run)) {
                        delete(run);
                    }
                }
            }
        }
    }

    private static boolean isWithoutFiles(Path folder) throws IOException {
        try (Stream<Path> inside = Files.walk(folder)) {
            return inside.noneMatch(Files::isRegularFile);
        }
    }

    /**
     * An empty folder for what a run needs while it lasts; whatever a killed one left there is
     * gone.
     */
    public Path emptyScratch() throws IOException {
        Path scratch = root.resolve("scratch");
        delete(scratch);
        return Files.createDirectories(scratch);
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> inside = Files.walk(folder)) {
            for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (lock != null) {
            Files.deleteIfExists(owner());
            lock.release();
            lock = null;
        }
        if (channel != null) {
            channel.close();
            channel = null;
        }
    }
}
