package com.evolvishub.cdc.job.cli;

import java.util.concurrent.Callable;

/**
 * A command that another module adds, registered in {@code META-INF/services}: a class annotated
 * for picocli whose {@code call} returns the exit code.
 */
public interface CliCommand extends Callable<Integer> {}
