package com.evolvishub.cdc.job.cli.option;

import com.evolvishub.cdc.planner.spec.SyncSpec;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the commands that run mappings. */
public final class RunOptions {

    @Mixin public ConfigFileOption config;
    @Mixin public LogOptions log;
    @Mixin public StateDirectoryOption state;
    @Mixin public RestoreCliOptions stateChoices;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = "one_time, continuous or cron, in place of what the file says.")
    public SyncSpec.Mode mode;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "Port of Web UI and REST API on 127.0.0.1 (default: any free one).")
    public int port;
}
