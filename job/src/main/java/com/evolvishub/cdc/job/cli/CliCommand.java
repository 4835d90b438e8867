package com.evolvishub.cdc.job.cli;

import java.util.concurrent.Callable;

/**
 * A command that another module adds, announced by {@code META-INF/services}: a class annotated for
 * picocli whose call answers with the exit code.
 */
public interface CliCommand extends Callable<Integer> {}
