package com.evolvishub.cdc.job.cli.option;

import com.evolvishub.cdc.job.cli.terminal.LoggingSetup;
import com.evolvishub.cdc.planner.spec.LogLevel;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options for the log level and the log file. */
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

    /** Configures logging; the parameters apply where the command line sets nothing. */
    public void apply(LogLevel defaultLevel, Optional<Path> defaultFile) {
        LoggingSetup.configure(
                level == null ? defaultLevel : level,
                file == null ? defaultFile : Optional.of(file));
    }

    /** Configures logging for a command that runs no job: only warnings and errors. */
    public void applyQuietly() {
        apply(LogLevel.WARNING, Optional.empty());
    }
}
