package com.evolvishub.cdc.job.cli;

import com.evolvishub.cdc.job.FlinkSettings;
import com.evolvishub.cdc.job.JobOptions;
import com.evolvishub.cdc.job.JobTranslator;
import com.evolvishub.cdc.job.RestoreOptions;
import com.evolvishub.cdc.job.api.PlannedFile;
import com.evolvishub.cdc.job.cli.option.RestoreCliOptions;
import com.evolvishub.cdc.planner.physical.PhysicalPlan;
import com.evolvishub.cdc.planner.physical.Schedule;
import com.evolvishub.cdc.planner.problem.PlanException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The main class of {@code cdc-job.jar}: {@code flink run cdc-job.jar --config multi.yaml}. The
 * checkpoint directory is the cluster's, or {@code checkpoint.storage} of the file.
 */
@Command(name = "cdc-job", description = "Submits the mappings of a file to a Flink cluster.")
public final class CdcJob {

    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "The YAML file, as the submitting machine sees it.")
    private Path config;

    @Mixin private RestoreCliOptions stateChoices;

    private CdcJob() {}

    /** Called by Flink's client. */
    public static void main(String[] arguments) throws Exception {
        CdcJob job = new CdcJob();
        new CommandLine(job).parseArgs(arguments);
        job.submit();
    }

    private void submit() throws Exception {
        PhysicalPlan plan;
        try {
            PlannedFile file = PlannedFile.load(config);
            file.requireSupported();
            plan = file.physical();
        } catch (PlanException invalid) {
            invalid.problems().forEach(problem -> System.err.println("error: " + problem));
            throw invalid;
        }
        RestoreOptions choices = stateChoices.choices();
        List<String> unknown = choices.problems(plan);
        if (!unknown.isEmpty()) {
            unknown.forEach(problem -> System.err.println("error: " + problem));
            throw new IllegalArgumentException(String.join("; ", unknown));
        }
        boolean endless =
                plan.pipelines().stream()
                        .anyMatch(
                                pipeline -> !(pipeline.scan().schedule() instanceof Schedule.Once));
        JobOptions options = new JobOptions(UUID.randomUUID().toString(), !endless, choices, true);
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        environment.configure(FlinkSettings.of(plan));
        JobTranslator.addTo(environment, plan, options);
        environment.executeAsync(plan.name());
    }
}
