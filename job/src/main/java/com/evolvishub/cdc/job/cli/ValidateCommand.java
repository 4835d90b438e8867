package com.evolvishub.cdc.job.cli;

import com.evolvishub.cdc.job.api.PlannedFile;
import com.evolvishub.cdc.job.cli.option.ConfigFileOption;
import com.evolvishub.cdc.job.cli.option.LogOptions;
import com.evolvishub.cdc.job.preflight.CheckResult;
import com.evolvishub.cdc.job.preflight.Preflight;
import com.evolvishub.cdc.job.preflight.PreflightReport;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Checks a file and the objects that it names. */
@Command(
        name = "validate",
        mixinStandardHelpOptions = true,
        description =
                "Checks a file and, unless --offline, every server, table, column and type it names. Changes"
                        + " nothing.",
        footer = {
            "",
            "Examples:",
            "  evolvishub-cdc validate -c multi_customer_views.yaml",
            "  evolvishub-cdc validate --offline -c multi_customer_views.yaml"
        })
final class ValidateCommand implements Callable<Integer> {

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;
    @Mixin private ConfigFileOption config;
    @Mixin private LogOptions log;

    @Option(names = "--offline", description = "Look at the file alone.")
    private boolean offline;

    @Override
    public Integer call() {
        log.applyQuietly();
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        PlannedFile file = PlannedFile.load(config.file);
        file.warnings().forEach(warning -> err.println("warning: " + warning));
        List<CheckResult> results = offline ? Preflight.offline(file) : check(file, out);
        results.forEach(
                result ->
                        err.println(
                                (result.userError() ? "error: " : "outage: ") + result.problem()));
        if (results.isEmpty()) {
            out.printf(
                    "%s: %d mappings, %s%n",
                    file.physical().name(),
                    file.spec().mappings().size(),
                    offline ? "no mistake in the file" : "all endpoints answer and fit");
            return ExitCode.OK;
        }
        return results.stream().anyMatch(CheckResult::userError)
                ? ExitCode.USER_ERROR
                : ExitCode.OUTAGE;
    }

    private static List<CheckResult> check(PlannedFile file, PrintWriter out) {
        PreflightReport report = Preflight.check(file);
        out.println(report.table());
        return report.results();
    }
}
