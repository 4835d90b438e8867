package com.evolvishub.cdc.testing.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A copy of a server's data directory at one moment, like a disk snapshot: the server process is
 * suspended during the copy. Needs POSIX signals, so it does not run on Windows.
 */
public final class DataDirectorySnapshot implements AutoCloseable {

    private final Path data;
    private final Path copy;

    private DataDirectorySnapshot(Path data, Path copy) {
        this.data = data;
        this.copy = copy;
    }

    /**
     * Copies the directory.
     *
     * @param pid of the server's only process
     */
    public static DataDirectorySnapshot of(Path data, long pid) {
        try {
            Path target = TestDirectories.temporary("evolvishub-cdc-copy-");
            SuspendedProcess suspended = SuspendedProcess.suspend(List.of(pid));
            try {
                SuspendedProcess.run("cp", "-a", data + "/.", target.toString());
            } finally {
                suspended.close();
            }
            return new DataDirectorySnapshot(data, target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces the data directory with the copy. The server must be stopped. */
    public void restore() {
        try {
            TestDirectories.delete(data);
            Files.createDirectories(data);
            SuspendedProcess.run("cp", "-a", copy + "/.", data.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes the copy. */
    @Override
    public void close() {
        try {
            TestDirectories.delete(copy);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
