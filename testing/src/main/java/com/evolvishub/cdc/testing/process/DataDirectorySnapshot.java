package com.evolvishub.cdc.testing.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A copy of a server's data folder as of one moment, like a snapshot of its disk: the server is
 * held still while it is copied, and goes on afterwards. Needs signals: no Windows.
 */
public final class DataDirectorySnapshot implements AutoCloseable {

    private final Path data;
    private final Path copy;

    private DataDirectorySnapshot(Path data, Path copy) {
        this.data = data;
        this.copy = copy;
    }

    /**
     * Copies the folder.
     *
     * @param pid of the server's only process
     */
    public static DataDirectorySnapshot of(Path data, long pid) {
        try {
            Path folder = TestDirectories.temporary("evolvishub-cdc-copy-");
            SuspendedProcess held = SuspendedProcess.suspend(List.of(pid));
            try {
                SuspendedProcess.run("cp", "-a", data + "/.", folder.toString());
            } finally {
                held.close();
            }
            return new DataDirectorySnapshot(data, folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts the copy in the place of what is there. The server is down. */
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
