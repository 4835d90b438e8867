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
 * The state directory of one file: {@code checkpoints/}, {@code savepoints/}, a lock against a
 * second run, and the last status. Not thread-safe.
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

    /** The directory of Flink's checkpoints. */
    public Path checkpoints() {
        return root.resolve("checkpoints");
    }

    /** The directory of the savepoints that stopped runs take. */
    public Path savepoints() {
        return root.resolve("savepoints");
    }

    /** The file with the status of the last run. */
    public Path status() {
        return root.resolve("status.json");
    }

    /** Process id and address of the run that holds the lock. */
    private Path owner() {
        return root.resolve("run");
    }

    /**
     * Locks the directory for this process; creates it if it does not exist.
     *
     * @throws StateDirectoryException if another run holds the lock, or the directory is not
     *     writable
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

    /** Publishes the address of this run's REST API to other processes. */
    public void writeAddress(String address) throws IOException {
        replace(owner(), "%d %s%n".formatted(ProcessHandle.current().pid(), address));
    }

    /**
     * The address of the REST API of the run that holds the lock; empty if no run holds it. Checks
     * the lock, so a killed run does not count as running.
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
        } catch (IOException missing) {
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

    /** Writes the report that {@code status} shows after this run, atomically. */
    public void saveStatus(String json) throws IOException {
        replace(status(), json);
    }

    private static void replace(Path file, String text) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(draft, text);
        Files.move(
                draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Deletes all checkpoints, all savepoints and the status: the next run starts without state.
     */
    public void deleteState() throws IOException {
        for (Path directory : List.of(checkpoints(), savepoints())) {
            delete(directory);
        }
        Files.deleteIfExists(status());
    }

    /** Whether a restore point is a savepoint and not a checkpoint. */
    boolean isSavepoint(Path directory) {
        return savepoints().equals(directory.getParent());
    }

    /**
     * Deletes the savepoints of earlier runs, which Flink does not delete; nothing refers to their
     * files. If a run resumes from a checkpoint, the last savepoint stays until a newer one exists.
     *
     * @param newest the checkpoint or savepoint that the next run resumes from
     */
    public void dropSavepointsOtherThan(Path newest) throws IOException {
        if (!isSavepoint(newest)) {
            return;
        }
        try (Stream<Path> all = Files.list(savepoints())) {
            for (Path savepoint : all.filter(directory -> !directory.equals(newest)).toList()) {
                delete(savepoint);
            }
        }
    }

    /**
     * Deletes directories without files, which restarts leave behind. Other directories stay: newer
     * checkpoints may refer to files of an older run.
     */
    public void deleteEmptyDirectories() throws IOException {
        for (Path directory : List.of(checkpoints(), savepoints())) {
            if (!Files.isDirectory(directory)) {
                continue;
            }
            try (Stream<Path> runs = Files.list(directory)) {
                for (Path run : runs.toList()) {
                    if (isWithoutFiles(run)) {
                        delete(run);
                    }
                }
            }
        }
    }

    private static boolean isWithoutFiles(Path directory) throws IOException {
        try (Stream<Path> inside = Files.walk(directory)) {
            return inside.noneMatch(Files::isRegularFile);
        }
    }

    /** An empty directory for temporary files of a run; deletes what a killed run left there. */
    public Path emptyScratch() throws IOException {
        Path scratch = root.resolve("scratch");
        delete(scratch);
        return Files.createDirectories(scratch);
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> inside = Files.walk(directory)) {
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
