package com.evolvishub.cdc.job.cli;

import com.evolvishub.cdc.job.cli.option.RunOptions;
import com.evolvishub.cdc.planner.RunOverrides;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs one mapping of a file. */
@Command(
        name = "run-mapping",
        mixinStandardHelpOptions = true,
        description =
                "Runs one mapping of a file; the others keep their state. The same as run-multi with one"
                        + " --mapping.",
        footer = {
            "",
            "Example:",
            "  evolvishub-cdc run-mapping -c multi_customer_views.yaml --mapping customer_demographics"
        })
final class RunMappingCommand implements Callable<Integer> {

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;
    @Mixin private RunOptions options;

    @Option(
            names = {"-m", "--mapping"},
            required = true,
            paramLabel = "NAME",
            description = "The mapping to run.")
    private String mapping;

    @Override
    public Integer call() throws Exception {
        RunOverrides overrides =
                new RunOverrides(
                        List.of(mapping),
                        Optional.empty(),
                        OptionalInt.empty(),
                        Optional.ofNullable(options.mode));
        return new RunSession(options, overrides, spec.commandLine()).run();
    }
}
