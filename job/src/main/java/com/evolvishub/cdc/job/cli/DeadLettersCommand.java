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

/** Rows that destinations could not take: shows them, writes them again, drops them. */
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

    /** What to do. */
    enum Action {
        LIST,
        REPLAY,
        DROP
    }

    /** How to print a list. */
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
        List<DeadLetterService> boxes = DeadLetterService.of(file, mappings);
        if (!ids.isEmpty() && boxes.size() > 1) {
            throw new UserErrorException(
                    "--id means a letter of one mapping; name it with --mapping, one of "
                            + String.join(
                                    ", ", boxes.stream().map(DeadLetterService::mapping).toList()));
        }
        List<DeadLetter> listed = new ArrayList<>();
        for (DeadLetterService box : boxes) {
            try (box) {
                switch (action) {
                    case LIST -> listed.addAll(list(box));
                    case REPLAY -> replay(box);
                    case DROP -> drop(box);
                }
            } catch (UserErrorException mistake) {
                throw mistake;
            } catch (Exception failure) {
                fail(box.mapping(), String.valueOf(failure.getMessage()));
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

    private List<DeadLetter> list(DeadLetterService box) throws Exception {
        return ids.isEmpty() ? box.oldest(limit) : named(box);
    }

    private List<DeadLetter> named(DeadLetterService box) throws Exception {
        List<DeadLetter> letters = new ArrayList<>();
        for (String id : ids) {
            letters.add(
                    box.find(id)
                            .orElseThrow(
                                    () ->
                                            new UserErrorException(
                                                    "--id %s: %s has no such dead letter"
                                                            .formatted(id, box.mapping()))));
        }
        return letters;
    }

    private void work(DeadLetterService box, DeadLetterService.Action work) throws Exception {
        if (ids.isEmpty()) {
            box.forEach(work);
        } else {
            for (DeadLetter letter : named(box)) {
                work.on(letter);
            }
        }
    }

    private void replay(DeadLetterService box) throws Exception {
        ReplayPolicy rule = force ? ReplayPolicy.WRITE_SUPERSEDED : ReplayPolicy.REFUSE_SUPERSEDED;
        int[] written = {0};
        try {
            work(
                    box,
                    letter -> {
                        Optional<String> reason = box.replay(letter, rule);
                        if (reason.isEmpty()) {
                            written[0]++;
                        } else {
                            fail(
                                    box.mapping(),
                                    "letter %s was left where it is: %s"
                                            .formatted(letter.id(), reason.get()));
                        }
                    });
        } finally {
            out().printf("%s: %d written again%n", box.mapping(), written[0]);
            out().flush();
        }
    }

    private void drop(DeadLetterService box) throws Exception {
        int[] dropped = {0};
        try {
            work(
                    box,
                    letter -> {
                        box.drop(letter);
                        dropped[0]++;
                    });
        } finally {
            out().printf("%s: %d dropped%n", box.mapping(), dropped[0]);
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
