package com.evolvishub.cdc.job.cli;

import com.evolvishub.cdc.job.api.PlannedFile;
import com.evolvishub.cdc.job.cli.option.ConfigFileOption;
import com.evolvishub.cdc.job.cli.option.LogOptions;
import com.evolvishub.cdc.job.cli.option.StateDirectoryOption;
import com.evolvishub.cdc.job.embedded.StateDirectory;
import com.evolvishub.cdc.job.status.JobReport;
import com.evolvishub.cdc.job.status.StatusClient;
import com.evolvishub.cdc.job.status.StatusRenderer;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the current status of a file's mappings, or that of the last run. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description =
                "Shows what the mappings are doing: live numbers of the running job, or the state the last"
                        + " run left.",
        footer = {
            "",
            "Examples:",
            "  evolvishub-cdc status -c multi_customer_views.yaml",
            "  evolvishub-cdc status -c multi_customer_views.yaml --format json",
            "  evolvishub-cdc status -c multi.yaml --address http://jobmanager:8081"
        })
final class StatusCommand implements Callable<Integer> {

    /** The output format. */
    enum Format {
        TABLE,
        JSON,
        YAML
    }

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;
    @Mixin private ConfigFileOption config;
    @Mixin private StateDirectoryOption state;
    @Mixin private LogOptions log;

    @Option(
            names = {"-f", "--format"},
            defaultValue = "table",
            description = "table, json or yaml (default: table).")
    private Format format;

    @Option(
            names = "--address",
            paramLabel = "URL",
            description =
                    "REST API of a Flink cluster that runs the file, in place of a run on this machine.")
    private URI address;

    @Override
    public Integer call() throws IOException {
        log.applyQuietly();
        PlannedFile file = PlannedFile.load(config.file);
        StateDirectory directory = new StateDirectory(state.of(file.physical().name()));
        PrintWriter out = spec.commandLine().getOut();
        Optional<URI> api =
                address == null ? directory.runningAt().map(URI::create) : Optional.of(address);
        if (api.isPresent()) {
            out.println(render(live(file, api.get())));
            return ExitCode.OK;
        }
        if (!Files.exists(directory.status())) {
            throw new UserErrorException(
                    "%s does not run and has never run with state directory %s; start it with: evolvishub-cdc run-multi -c %s"
                            .formatted(file.physical().name(), directory.root(), config.file));
        }
        JobReport last = StatusRenderer.read(Files.readString(directory.status())).stopped();
        if (format == Format.TABLE) {
            out.printf("Not running. This is how the last run stood at %s:%n", last.takenAt());
        }
        out.println(render(last));
        return ExitCode.OK;
    }

    private JobReport live(PlannedFile file, URI api) throws IOException {
        try {
            return new StatusClient(api, file.physical(), file.descriptions())
                    .report()
                    .orElseThrow(
                            () ->
                                    new OutageException(
                                            "no job called %s at %s"
                                                    .formatted(file.physical().name(), api)));
        } catch (IOException noResponse) {
            throw new OutageException(
                    "%s does not answer: %s".formatted(api, noResponse.getMessage()));
        }
    }

    private String render(JobReport report) {
        return switch (format) {
            case TABLE -> StatusRenderer.table(report);
            case JSON -> StatusRenderer.json(report);
            case YAML -> StatusRenderer.yaml(report);
        };
    }
}
