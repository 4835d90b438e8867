package com.evolvishub.cdc.job.cli;

import com.evolvishub.cdc.job.RestoreOptions;
import com.evolvishub.cdc.job.api.PlannedFile;
import com.evolvishub.cdc.job.cli.option.RunOptions;
import com.evolvishub.cdc.job.cli.terminal.LiveStatusTable;
import com.evolvishub.cdc.job.cli.terminal.StopSignals;
import com.evolvishub.cdc.job.cli.terminal.Terminal;
import com.evolvishub.cdc.job.embedded.EmbeddedRun;
import com.evolvishub.cdc.job.embedded.RunSettings;
import com.evolvishub.cdc.job.preflight.CheckResult;
import com.evolvishub.cdc.job.preflight.Preflight;
import com.evolvishub.cdc.job.preflight.PreflightReport;
import com.evolvishub.cdc.job.status.JobReport;
import com.evolvishub.cdc.job.status.RunOutcome;
import com.evolvishub.cdc.job.status.StatusClient;
import com.evolvishub.cdc.job.status.StatusRenderer;
import com.evolvishub.cdc.planner.RunOverrides;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** One call of {@code run-multi} or {@code run-mapping}, from the file to the exit code. */
final class RunSession {

    private static final Logger LOG = LoggerFactory.getLogger(RunSession.class);
    private static final Duration REFRESH = Duration.ofSeconds(1);
    private static final Duration STOP_TIMEOUT = Duration.ofMinutes(1);
    private static final String NOT_SAVED =
            "No final checkpoint could be taken; the next run goes on from the last one.";

    private final RunOptions options;
    private final RunOverrides overrides;
    private final PrintWriter out;
    private final PrintWriter err;
    private final String commandName;
    private final CountDownLatch stopRequested = new CountDownLatch(1);
    private Optional<StopSignals> signals = Optional.empty();

    RunSession(RunOptions options, RunOverrides overrides, CommandLine command) {
        this.options = options;
        this.overrides = overrides;
        this.out = command.getOut();
        this.err = command.getErr();
        this.commandName = command.getCommandName();
    }

    int run() throws Exception {
        try {
            return runAndClose();
        } finally {
            // only after the run is closed: a second Ctrl-C must not interrupt closing
            signals.ifPresent(StopSignals::close);
        }
    }

    private int runAndClose() throws Exception {
        PlannedFile file = PlannedFile.load(options.config.file, overrides);
        Path stateDirectory = options.state.of(file.physical().name());
        boolean terminal = Terminal.isInteractive();
        options.log.apply(
                file.spec().logLevel(),
                terminal ? Optional.of(logFile(stateDirectory)) : Optional.empty());
        file.warnings().forEach(warning -> err.println("warning: " + warning));
        file.requireSupported();

        RestoreOptions choices = options.stateChoices.choices();
        List<String> unknown = choices.problems(file.physical());
        if (!unknown.isEmpty()) {
            unknown.forEach(problem -> err.println("error: " + problem));
            return ExitCode.USER_ERROR;
        }
        CompletableFuture<PreflightReport> preflight =
                CompletableFuture.supplyAsync(() -> Preflight.check(file));
        RunSettings settings = new RunSettings(stateDirectory, options.port, choices);
        try (EmbeddedRun run = EmbeddedRun.prepare(file.physical(), settings)) {
            PreflightReport preflightReport = preflight.get();
            out.println(preflightReport.table());
            out.flush();
            Optional<Integer> exitCode =
                    exitCodeIfNotStartable(file, run, preflightReport.results());
            if (exitCode.isPresent()) {
                return exitCode.get();
            }
            signals = Optional.of(StopSignals.onStop(this::requestStop));
            run.start();
            printStart(file, run);
            return monitor(file, run, terminal);
        }
    }

    private void requestStop() {
        stopRequested.countDown();
    }

    /**
     * Prints the problems. Returns an exit code if no mapping should start: on a first run if every
     * mapping has a problem, with {@code stop_on_error} if any has one.
     */
    private Optional<Integer> exitCodeIfNotStartable(
            PlannedFile file, EmbeddedRun run, List<CheckResult> results) {
        results.forEach(
                result ->
                        err.println(
                                (result.userError() ? "error: " : "outage: ") + result.problem()));
        long enabled = file.physical().pipelines().stream().filter(p -> p.enabled()).count();
        long broken = results.stream().map(CheckResult::mapping).distinct().count();
        boolean notStartable =
                (broken >= enabled && run.resumesFrom().isEmpty())
                        || (file.physical().stopOnError() && broken > 0);
        if (!notStartable) {
            return Optional.empty();
        }
        err.println("nothing was started");
        return Optional.of(
                results.stream().anyMatch(CheckResult::userError)
                        ? ExitCode.USER_ERROR
                        : ExitCode.OUTAGE);
    }

    private void printStart(PlannedFile file, EmbeddedRun run) {
        long enabled = file.physical().pipelines().stream().filter(p -> p.enabled()).count();
        out.printf(
                "%s: %d mappings on %d workers; Web UI %s%n",
                file.physical().name(), enabled, file.physical().workers(), run.webUi());
        run.resumesFrom().ifPresent(from -> out.printf("Going on from %s%n", from));
        out.flush();
    }

    private int monitor(PlannedFile file, EmbeddedRun run, boolean terminal) throws Exception {
        StatusClient status = new StatusClient(run.webUi(), file.physical(), file.descriptions());
        LiveStatusTable table = new LiveStatusTable(out);
        while (!stopRequested.await(REFRESH.toMillis(), TimeUnit.MILLISECONDS)) {
            Optional<String> cause = run.failureCause();
            if (cause.isPresent()) {
                err.println("error: the job has ended: " + cause.get());
                return ExitCode.OUTAGE;
            }
            JobReport report;
            try {
                report = status.report(run.jobId());
            } catch (IOException busy) {
                LOG.debug("no status this time", busy);
                continue;
            }
            run.saveStatus(StatusRenderer.json(report));
            if (terminal) {
                table.show(report);
            }
            RunOutcome outcome = RunOutcome.of(file.physical(), report);
            if (outcome != RunOutcome.RUNNING) {
                return finish(run, report, outcome, terminal);
            }
        }
        return stopOnRequest(run, status);
    }

    private int finish(EmbeddedRun run, JobReport report, RunOutcome outcome, boolean terminal) {
        Optional<Path> saved = run.stop(STOP_TIMEOUT);
        if (!terminal) {
            out.println(StatusRenderer.table(report));
        }
        if (saved.isEmpty()) {
            err.println(NOT_SAVED);
        }
        report.mappings().stream()
                .filter(mapping -> !mapping.cause().isEmpty())
                .forEach(m -> err.println("error: %s: %s".formatted(m.name(), m.cause())));
        switch (outcome) {
            case FINISHED -> out.println("All mappings are done.");
            case STOPPED_BY_ERROR -> err.println("Stopped, because stop_on_error is set.");
            default -> err.println("Ended with mappings in quarantine.");
        }
        out.flush();
        return outcome == RunOutcome.FINISHED ? ExitCode.OK : ExitCode.OUTAGE;
    }

    private int stopOnRequest(EmbeddedRun run, StatusClient status) {
        out.println("Stopping: taking a final checkpoint …");
        out.flush();
        try {
            run.saveStatus(StatusRenderer.json(status.latest(run.jobId())));
        } catch (IOException busy) {
            LOG.debug("no last status", busy);
        }
        Optional<Path> saved = run.stop(STOP_TIMEOUT);
        out.println(saved.map(path -> "State saved in " + path + ".").orElse(NOT_SAVED));
        out.printf(
                "The same command goes on from there: evolvishub-cdc %s -c %s …%n",
                commandName, options.config.file);
        out.flush();
        return ExitCode.OK;
    }

    private static Path logFile(Path stateDirectory) {
        try {
            Files.createDirectories(stateDirectory);
        } catch (IOException unwritable) {
            // locking the directory reports this with a proper message
            return Path.of(System.getProperty("java.io.tmpdir"), "evolvishub-cdc.log");
        }
        return stateDirectory.resolve("run.log");
    }
}
