package com.evolvishub.cdc.job.cli;

import java.io.PrintWriter;
import java.util.ServiceLoader;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;

/** The command line tool {@code evolvishub-cdc} and its subcommands. */
@Command(
        name = "evolvishub-cdc",
        description =
                "Keeps views, tables and queries of PostgreSQL in step with warehouses and event buses.",
        mixinStandardHelpOptions = true,
        versionProvider = EvolvishubCdc.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            RunMultiCommand.class,
            RunMappingCommand.class,
            ValidateCommand.class,
            ExplainCommand.class,
            StatusCommand.class,
            DeadLettersCommand.class,
            HelpCommand.class,
            AutoComplete.GenerateCompletion.class
        },
        footer = {
            "",
            "Examples:",
            "  evolvishub-cdc quickstart",
            "  evolvishub-cdc explain --offline -c multi_customer_views.yaml",
            "  evolvishub-cdc run-multi -c multi_customer_views.yaml",
            "",
            "Exit codes: 0 all went well; 1 an outage or a quarantined mapping; 2 a mistake in the file or on"
                    + " the command line."
        })
public final class EvolvishubCdc implements Runnable {

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    /** Runs a command and ends the JVM with its exit code. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /**
     * Runs a command in this JVM.
     *
     * @param output receives standard output and standard error
     * @return the exit code
     */
    public static int execute(PrintWriter output, String... arguments) {
        return commandLine().setOut(output).setErr(output).execute(arguments);
    }

    /** All commands, including those of other modules. */
    static CommandLine commandLine() {
        CommandLine commands = new CommandLine(new EvolvishubCdc());
        for (CliCommand added :
                ServiceLoader.load(CliCommand.class, EvolvishubCdc.class.getClassLoader())) {
            commands.addSubcommand(added);
        }
        commands.setExecutionExceptionHandler(new CliExceptionHandler());
        commands.setCaseInsensitiveEnumValuesAllowed(true);
        commands.setUsageHelpAutoWidth(true);
        return commands;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                "a command is missing; expected one of "
                        + String.join(", ", spec.subcommands().keySet()));
    }

    /** The version that the build wrote into the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = EvolvishubCdc.class.getPackage().getImplementationVersion();
            return new String[] {
                "evolvishub-cdc " + (version == null ? "(not built as a jar)" : version)
            };
        }
    }
}
