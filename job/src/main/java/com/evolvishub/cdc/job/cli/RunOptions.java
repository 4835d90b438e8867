package com.evolvishub.cdc.job.cli;

import com.evolvishub.cdc.planner.spec.SyncSpec;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the commands that run mappings have in common. */
final class RunOptions {

    @Mixin ConfigOption config;
    @Mixin LogOptions log;
    @Mixin StateOption state;
    @Mixin StateChoiceOptions stateChoices;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = "one_time, continuous or cron, in place of what the file says.")
    SyncSpec.Mode mode;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "Port of Web UI and REST API on 127.0.0.1 (default: any free one).")
    int port;
}
