package com.evolvishub.cdc.job.cli.option;

import com.evolvishub.cdc.job.cli.terminal.LoggingSetup;
import com.evolvishub.cdc.planner.spec.LogLevel;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where log lines go and which. */
public final class LogOptions {

    @Option(
            names = {"-l", "--log-level"},
            paramLabel = "LEVEL",
            description = "DEBUG, INFO, WARNING or ERROR; the file's log_level otherwise.")
    LogLevel level;

    @Option(
            names = "--log-file",
            paramLabel = "FILE",
            description = "Write log lines there; otherwise to standard error.")
    Path file;

    /** Takes the file's level where the command line gives none. */
    public void apply(LogLevel otherwise, Optional<Path> fileOtherwise) {
        LoggingSetup.configure(
                level == null ? otherwise : level,
                file == null ? fileOtherwise : Optional.of(file));
    }

    /** Logging for a command that runs nothing: only what is wrong. */
    public void applyQuietly() {
        apply(LogLevel.WARNING, Optional.empty());
    }
}
