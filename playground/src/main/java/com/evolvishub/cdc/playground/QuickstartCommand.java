package com.evolvishub.cdc.playground;

import com.evolvishub.cdc.job.cli.CliCommand;
import com.evolvishub.cdc.job.cli.Logging;
import com.evolvishub.cdc.planner.spec.LogLevel;
import com.evolvishub.cdc.servers.ServerUnavailableException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the whole road on this machine, with nothing to install. */
@Command(
        name = "quickstart",
        mixinStandardHelpOptions = true,
        description =
                "Starts a PostgreSQL of its own with two databases, keeps five views of one in step with five"
                        + " tables of the other by examples/multi_customer_views.yaml, and keeps changing"
                        + " rows.",
        footer = {
            "",
            "Examples:",
            "  evolvishub-cdc quickstart",
            "  evolvishub-cdc quickstart --once",
            "  evolvishub-cdc quickstart --customers 20000 --state-dir ./play"
        })
public final class QuickstartCommand implements CliCommand {

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--once",
            description =
                    "Stop the changes after 30 s, wait until the mappings are level, compare every view with"
                            + " its table. Exit code 0: all equal; 1: not.")
    private boolean once;

    @Option(
            names = "--customers",
            paramLabel = "N",
            defaultValue = "200000",
            description = "Customers to begin with (default: ${DEFAULT-VALUE}).")
    private int customers;

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
        if (customers < 1) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--customers " + customers + ": expected 1 or more");
        }
        Path config =
                Path.of(
                        System.getProperty("evolvishub.home", "."),
                        "examples",
                        "multi_customer_views.yaml");
        if (!Files.isRegularFile(config)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    config + " is not there; run the quickstart through bin/evolvishub-cdc");
        }
        QuickstartSettings settings =
                new QuickstartSettings(
                        config,
                        customers,
                        once,
                        Duration.ofSeconds(30),
                        port,
                        Optional.ofNullable(stateDirectory),
                        keep);
        PrintWriter out = spec.commandLine().getOut();
        Logging.configure(LogLevel.WARNING, Optional.empty());
        try {
            return new Quickstart(settings, () -> new HandlerRun(out), out).run() ? 0 : 1;
        } catch (ServerUnavailableException e) {
            spec.commandLine().getErr().println("error: " + e.getMessage());
            return 1;
        }
    }
}
