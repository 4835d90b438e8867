package com.evolvishub.cdc.job.cli;

import com.evolvishub.cdc.job.api.PlannedFile;
import com.evolvishub.cdc.job.cli.option.ConfigFileOption;
import com.evolvishub.cdc.job.cli.option.LogOptions;
import com.evolvishub.cdc.planner.RunOverrides;
import com.evolvishub.cdc.planner.catalog.Catalog;
import com.evolvishub.cdc.source.facts.PostgresCatalog;
import com.evolvishub.cdc.source.session.SourceException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the plan of a file. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description =
                "Shows, for each mapping, what it means, how it will run, the SQL that will be sent, what a"
                        + " poll of it cannot see, and what is promised of its delivery.",
        footer = {
            "",
            "Examples:",
            "  evolvishub-cdc explain -c multi_customer_views.yaml",
            "  evolvishub-cdc explain --offline -c multi_customer_views.yaml --format json"
        })
final class ExplainCommand implements Callable<Integer> {

    /** The output format. */
    enum Format {
        TEXT,
        JSON
    }

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;
    @Mixin private ConfigFileOption config;
    @Mixin private LogOptions log;

    @Option(names = "--offline", description = "Ask no server: columns and keys stay open.")
    private boolean offline;

    @Option(
            names = {"-f", "--format"},
            defaultValue = "text",
            description = "text or json (default: text).")
    private Format format;

    @Override
    public Integer call() {
        log.applyQuietly();
        PrintWriter err = spec.commandLine().getErr();
        PlannedFile file = plan();
        file.warnings().forEach(warning -> err.println("warning: " + warning));
        spec.commandLine()
                .getOut()
                .println(format == Format.JSON ? file.explainJson() : file.explain());
        return ExitCode.OK;
    }

    private PlannedFile plan() {
        Catalog catalog = offline ? Catalog.OFFLINE : new PostgresCatalog("explain");
        try {
            return PlannedFile.load(config.file, RunOverrides.NONE, System.getenv(), catalog);
        } catch (SourceException failure) {
            if (failure.isTransient()) {
                throw new OutageException(
                        failure.getMessage() + "; --offline explains without a server");
            }
            throw new UserErrorException(failure.getMessage());
        }
    }
}
