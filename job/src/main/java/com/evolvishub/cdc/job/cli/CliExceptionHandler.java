package com.evolvishub.cdc.job.cli;

import com.evolvishub.cdc.job.embedded.PortInUseException;
import com.evolvishub.cdc.job.embedded.StateDirectoryException;
import com.evolvishub.cdc.planner.problem.PlanException;
import java.io.PrintWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * Prints what went wrong in the user's terms, without a stack trace. The exit code separates user
 * errors from outages.
 */
final class CliExceptionHandler implements IExecutionExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(CliExceptionHandler.class);

    @Override
    public int handleExecutionException(
            Exception failure, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        if (failure instanceof PlanException invalid) {
            invalid.problems().forEach(problem -> err.println("error: " + problem));
            return ExitCode.USER_ERROR;
        }
        if (failure instanceof UserErrorException
                || failure instanceof StateDirectoryException
                || failure instanceof PortInUseException) {
            err.println("error: " + failure.getMessage());
            return ExitCode.USER_ERROR;
        }
        if (failure instanceof OutageException) {
            err.println("error: " + failure.getMessage());
            return ExitCode.OUTAGE;
        }
        err.println("error: this should not have happened: " + failure);
        err.println("Please report it, with what --log-level DEBUG prints.");
        LOG.debug("unexpected", failure);
        return ExitCode.OUTAGE;
    }
}
