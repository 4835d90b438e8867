package com.evolvishub.cdc.job.cli.option;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where a file's state lies. */
public final class StateDirectoryOption {

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            description =
                    "Where positions and queues are kept (default: .evolvishub-cdc/<name> here).")
    Path directory;

    /** The directory for a file of that name. */
    public Path of(String name) {
        // a name is free text; a folder's is not
        String folder = name.replaceAll("[^A-Za-z0-9._-]", "_");
        return directory == null ? Path.of(".evolvishub-cdc", folder) : directory;
    }
}
