package com.evolvishub.cdc.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A copy of a server's data folder as of one moment, like a snapshot of its disk: the server is
 * held still while it is copied, and goes on afterwards. Needs signals: no Windows.
 */
public final class FrozenCopy implements AutoCloseable {

    private final Path data;
    private final Path copy;

    private FrozenCopy(Path data, Path copy) {
        this.data = data;
        this.copy = copy;
    }

    /**
     * Copies the folder.
     *
     * @param pid of the server's only process
     */
    public static FrozenCopy of(Path data, long pid) {
        try {
            Path folder = Folders.temporary("evolvishub-cdc-copy-");
            HeldProcess held = HeldProcess.of(List.of(pid));
            try {
                HeldProcess.run("cp", "-a", data + "/.", folder.toString());
            } finally {
                held.close();
            }
            return new FrozenCopy(data, folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts the copy in the place of what is there. The server is down. */
    public void putBack() {
        try {
            Folders.delete(data);
            Files.createDirectories(data);
            HeldProcess.run("cp", "-a", copy + "/.", data.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes the copy. */
    @Override
    public void close() {
        try {
            Folders.delete(copy);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
