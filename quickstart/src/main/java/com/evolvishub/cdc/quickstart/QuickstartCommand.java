package com.evolvishub.cdc.quickstart;

import com.evolvishub.cdc.job.cli.CliCommand;
import com.evolvishub.cdc.job.cli.terminal.LoggingSetup;
import com.evolvishub.cdc.planner.spec.LogLevel;
import com.evolvishub.cdc.quickstart.events.EventsQuickstart;
import com.evolvishub.cdc.quickstart.events.EventsQuickstartSettings;
import com.evolvishub.cdc.quickstart.run.HandlerRun;
import com.evolvishub.cdc.testing.process.ServerUnavailableException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Demonstrates the tool end to end on this machine, with servers that it starts itself. */
@Command(
        name = "quickstart",
        mixinStandardHelpOptions = true,
        description =
                "Starts a PostgreSQL of its own with two databases, keeps five views of one in step with five"
                        + " tables of the other by examples/multi_customer_views.yaml, and keeps changing"
                        + " rows. With --events: also a Kafka, a Pulsar and a Redis, and three tables"
                        + " streamed there by examples/event_buses.yaml.",
        footer = {
            "",
            "Examples:",
            "  evolvishub-cdc quickstart",
            "  evolvishub-cdc quickstart --once",
            "  evolvishub-cdc quickstart --events --once",
            "  evolvishub-cdc quickstart --customers 20000 --state-dir ./play"
        })
public final class QuickstartCommand implements CliCommand {
    private static final Duration CHANGES_FOR = Duration.ofSeconds(30);

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--events",
            description =
                    "Stream orders to Kafka, customers to Pulsar and products to Redis Streams, by"
                            + " examples/event_buses.yaml.")
    private boolean events;

    @Option(
            names = "--once",
            description =
                    "Stop the changes after 30 s, wait until the mappings are level, compare every view with"
                            + " its table (with --events: read every topic back, and compare it with its"
                            + " table). Exit code 0: all equal; 1: not.")
    private boolean once;

    @Option(
            names = "--customers",
            paramLabel = "N",
            description = "Customers to begin with (default: 200000; with --events: 20000).")
    private Integer customers;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "Port of the Web UI on 127.0.0.1 (default: any free one).")
    private int port;

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            description =
                    "Keep server and positions there and go on from them next time (default: a temporary"
                            + " folder, deleted at the end).")
    private Path stateDirectory;

    @Option(names = "--keep", description = "Do not delete the temporary folder.")
    private boolean keep;

    @Override
    public Integer call() throws Exception {
        if (customers != null && customers < 1) {
            throw userError("--customers " + customers + ": expected 1 or more");
        }
        if (events && stateDirectory != null) {
            throw userError("--state-dir: --events starts anew each time; leave one of them out");
        }
        LoggingSetup.configure(LogLevel.WARNING, Optional.empty());
        try {
            return (events ? eventBuses() : customerViews()) ? 0 : 1;
        } catch (ServerUnavailableException e) {
            spec.commandLine().getErr().println("error: " + e.getMessage());
            return 1;
        }
    }

    private boolean customerViews() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        QuickstartSettings settings =
                new QuickstartSettings(
                        example("multi_customer_views.yaml"),
                        customers == null ? 200_000 : customers,
                        once,
                        CHANGES_FOR,
                        port,
                        Optional.ofNullable(stateDirectory),
                        keep);
        return new Quickstart(settings, () -> new HandlerRun(out), out).run();
    }

    private boolean eventBuses() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        Path config = example("event_buses.yaml");
        try (WorkDirectory directory = WorkDirectory.open(Optional.empty(), keep)) {
            EventsQuickstartSettings settings =
                    new EventsQuickstartSettings(
                            config,
                            customers == null ? 20_000 : customers,
                            once,
                            CHANGES_FOR,
                            port,
                            directory.path());
            return new EventsQuickstart(settings, () -> new HandlerRun(out), out).run();
        }
    }

    private Path example(String name) {
        Path config = Path.of(System.getProperty("evolvishub.home", "."), "examples", name);
        if (!Files.isRegularFile(config)) {
            throw userError(
                    config + " is not there; run the quickstart through bin/evolvishub-cdc");
        }
        return config;
    }

    private CommandLine.ParameterException userError(String message) {
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }
}
