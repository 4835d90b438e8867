package com.evolvishub.cdc.job.cli.option;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that names the file; all commands except quickstart have it. */
public final class ConfigFileOption {

    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "The YAML file (or JSON, when it ends in .json).")
    public Path file;
}
