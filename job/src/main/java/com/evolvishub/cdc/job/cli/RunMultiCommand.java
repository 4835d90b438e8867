package com.evolvishub.cdc.job.cli;

import com.evolvishub.cdc.job.cli.option.RunOptions;
import com.evolvishub.cdc.planner.RunOverrides;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the mappings of a file in one job. */
@Command(
        name = "run-multi",
        mixinStandardHelpOptions = true,
        description =
                "Runs the mappings of a file in one Flink job inside this process, until they are done or"
                        + " Ctrl-C. Run again, it goes on from where it stood.",
        footer = {
            "",
            "Examples:",
            "  evolvishub-cdc run-multi -c multi_customer_views.yaml",
            "  evolvishub-cdc run-multi -c multi_customer_views.yaml --mapping customer_demographics",
            "  evolvishub-cdc run-multi -c multi_customer_views.yaml --sequential",
            "  evolvishub-cdc run-multi -c multi_customer_views.yaml --workers 5 --mode one_time"
        })
final class RunMultiCommand implements Callable<Integer> {

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;
    @Mixin private RunOptions options;

    @Option(
            names = {"-m", "--mapping"},
            paramLabel = "NAME",
            description = "Run this mapping only; may be given more than once.")
    private List<String> mappings = List.of();

    @ArgGroup(exclusive = true, multiplicity = "0..1")
    private Placement placement = new Placement();

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "Number of workers, in place of the file's max_workers.")
    private Integer workers;

    /** One worker or several. */
    static final class Placement {
        @Option(
                names = "--sequential",
                description =
                        "One worker; mappings take turns, one_time ones run one after the other.")
        boolean sequential;

        @Option(names = "--parallel", description = "Several workers, whatever the file says.")
        boolean parallel;
    }

    @Override
    public Integer call() throws Exception {
        if (placement.sequential && workers != null) {
            throw new UserErrorException(
                    "--sequential is one worker, so --workers %d cannot hold beside it; leave one of them out"
                            .formatted(workers));
        }
        if (workers != null && workers < 1) {
            throw new UserErrorException("--workers %d: expected 1 or more".formatted(workers));
        }
        RunOverrides overrides =
                new RunOverrides(
                        mappings,
                        placement.sequential || placement.parallel
                                ? Optional.of(placement.parallel)
                                : Optional.empty(),
                        workers == null ? OptionalInt.empty() : OptionalInt.of(workers),
                        Optional.ofNullable(options.mode));
        return new RunSession(options, overrides, spec.commandLine()).run();
    }
}
