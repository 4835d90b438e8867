package com.evolvishub.cdc.job.cli;

import com.evolvishub.cdc.job.api.PlannedFile;
import com.evolvishub.cdc.job.cli.option.ConfigFileOption;
import com.evolvishub.cdc.job.cli.option.LogOptions;
import com.evolvishub.cdc.job.deadletter.DeadLetterService;
import com.evolvishub.cdc.sink.deadletter.DeadLetter;
import com.evolvishub.cdc.sink.deadletter.ReplayPolicy;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists, replays or drops dead letters. */
@Command(
        name = "dead-letters",
        mixinStandardHelpOptions = true,
        description =
                "Shows the rows that destinations refused (on_bad_row: dead_letter), writes them again once"
                        + " that is mended, or drops them. Works beside a running job.",
        footer = {
            "",
            "Examples:",
            "  evolvishub-cdc dead-letters list -c multi_customer_views.yaml",
            "  evolvishub-cdc dead-letters replay -c multi_customer_views.yaml --mapping orders",
            "  evolvishub-cdc dead-letters drop -c multi_customer_views.yaml --mapping orders --id 17",
            "",
            "A row whose key was delivered again since is left where it is: it is older than what is there."
                    + " --force writes it all the same.",
            "",
            "Event buses are read from the oldest letter on to find newer versions; what they have let go of is"
                    + " not found. Into Pulsar, exactly once, replay while the job rests. Killed in between,"
                    + " a replay into Pulsar (or Kafka, at least once) is safe to repeat as long as the"
                    + " topic still holds its message."
        })
final class DeadLettersCommand implements Callable<Integer> {

    /** The action to run. */
    enum Action {
        LIST,
        REPLAY,
        DROP
    }

    /** The output format of a list. */
    enum Format {
        TABLE,
        JSON
    }

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;
    @Mixin private ConfigFileOption config;
    @Mixin private LogOptions log;

    @Parameters(index = "0", paramLabel = "ACTION", description = "list, replay or drop.")
    private Action action;

    @Option(
            names = {"-m", "--mapping"},
            paramLabel = "NAME",
            description = "Of this mapping only; may be given more than once.")
    private List<String> mappings = List.of();

    @Option(
            names = "--id",
            paramLabel = "ID",
            description =
                    "This letter only, by the id that list shows; may be given more than once.")
    private List<String> ids = List.of();

    @Option(names = "--all", description = "With drop and without --id: all of them.")
    private boolean all;

    @Option(
            names = "--force",
            description =
                    "With replay: also rows whose key was delivered again since, which puts an old"
                            + " version behind or in the place of a newer one.")
    private boolean force;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "1000",
            description = "With list: at most so many of each mapping (default: 1000).")
    private int limit;

    @Option(
            names = {"-f", "--format"},
            defaultValue = "table",
            description = "With list: table or json (default: table).")
    private Format format;

    private boolean somethingFailed;

    @Override
    public Integer call() {
        log.applyQuietly();
        PlannedFile file = PlannedFile.load(config.file);
        checkOptions(file);
        List<DeadLetterService> services = DeadLetterService.of(file, mappings);
        if (!ids.isEmpty() && services.size() > 1) {
            throw new UserErrorException(
                    "--id means a letter of one mapping; name it with --mapping, one of "
                            + String.join(
                                    ", ",
                                    services.stream().map(DeadLetterService::mapping).toList()));
        }
        List<DeadLetter> listed = new ArrayList<>();
        for (DeadLetterService service : services) {
            try (service) {
                switch (action) {
                    case LIST -> listed.addAll(list(service));
                    case REPLAY -> replay(service);
                    case DROP -> drop(service);
                }
            } catch (UserErrorException userError) {
                throw userError;
            } catch (Exception failure) {
                fail(service.mapping(), String.valueOf(failure.getMessage()));
            }
        }
        if (action == Action.LIST) {
            out().println(
                            format == Format.JSON
                                    ? DeadLetterRenderer.json(listed)
                                    : DeadLetterRenderer.table(listed));
        }
        return somethingFailed ? ExitCode.OUTAGE : ExitCode.OK;
    }

    private void checkOptions(PlannedFile file) {
        List<String> known =
                file.spec().mappings().stream().map(mapping -> mapping.name()).toList();
        for (String name : mappings) {
            if (!known.contains(name)
                    && file.physical().pipelines().stream()
                            .noneMatch(pipeline -> pipeline.mapping().equals(name))) {
                throw new UserErrorException(
                        "--mapping %s: the file has no such mapping; expected one of %s"
                                .formatted(name, String.join(", ", known)));
            }
        }
        if (action == Action.DROP && ids.isEmpty() && !all) {
            throw new UserErrorException(
                    "drop is for good: name the letters with --id, or say --all for all of them");
        }
        if (limit < 1) {
            throw new UserErrorException("--limit %d: expected 1 or more".formatted(limit));
        }
    }

    private List<DeadLetter> list(DeadLetterService service) throws Exception {
        return ids.isEmpty() ? service.oldest(limit) : named(service);
    }

    private List<DeadLetter> named(DeadLetterService service) throws Exception {
        List<DeadLetter> deadLetters = new ArrayList<>();
        for (String id : ids) {
            deadLetters.add(
                    service.find(id)
                            .orElseThrow(
                                    () ->
                                            new UserErrorException(
                                                    "--id %s: %s has no such dead letter"
                                                            .formatted(id, service.mapping()))));
        }
        return deadLetters;
    }

    private void forEachSelected(DeadLetterService service, DeadLetterService.Action work)
            throws Exception {
        if (ids.isEmpty()) {
            service.forEach(work);
        } else {
            for (DeadLetter deadLetter : named(service)) {
                work.on(deadLetter);
            }
        }
    }

    private void replay(DeadLetterService service) throws Exception {
        ReplayPolicy policy =
                force ? ReplayPolicy.WRITE_SUPERSEDED : ReplayPolicy.REFUSE_SUPERSEDED;
        int[] written = {0};
        try {
            forEachSelected(
                    service,
                    deadLetter -> {
                        Optional<String> reason = service.replay(deadLetter, policy);
                        if (reason.isEmpty()) {
                            written[0]++;
                        } else {
                            fail(
                                    service.mapping(),
                                    "letter %s was left where it is: %s"
                                            .formatted(deadLetter.id(), reason.get()));
                        }
                    });
        } finally {
            out().printf("%s: %d written again%n", service.mapping(), written[0]);
            out().flush();
        }
    }

    private void drop(DeadLetterService service) throws Exception {
        int[] dropped = {0};
        try {
            forEachSelected(
                    service,
                    deadLetter -> {
                        service.drop(deadLetter);
                        dropped[0]++;
                    });
        } finally {
            out().printf("%s: %d dropped%n", service.mapping(), dropped[0]);
            out().flush();
        }
    }

    private void fail(String mapping, String message) {
        somethingFailed = true;
        spec.commandLine().getErr().println("error: %s: %s".formatted(mapping, message));
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
