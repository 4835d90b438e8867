package com.evolvishub.cdc.job.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that names the file; every command but quickstart has it. */
final class ConfigOption {

    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "The YAML file (or JSON, when it ends in .json).")
    Path file;
}
