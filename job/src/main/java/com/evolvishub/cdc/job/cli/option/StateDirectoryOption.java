package com.evolvishub.cdc.job.cli.option;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option for the state directory. */
public final class StateDirectoryOption {

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            description =
                    "Where positions and queues are kept (default: .evolvishub-cdc/<name> here).")
    Path directory;

    /** The state directory of the file with this name. */
    public Path of(String name) {
        // a name may contain characters that a directory name may not
        String directoryName = name.replaceAll("[^A-Za-z0-9._-]", "_");
        return directory == null ? Path.of(".evolvishub-cdc", directoryName) : directory;
    }
}
