package com.evolvishub.cdc.quickstart.run;

import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/** One run of a file's mappings inside this process, as the quickstart needs it. */
public interface SyncRun extends AutoCloseable {

    /**
     * Plans the file and starts its job; returns when the job is submitted.
     *
     * @param environment what {@code ${NAME}} in the file stands for, before the process's own
     * @param stateDirectory where positions are kept
     * @param port of the Web UI; 0: any free one
     */
    void start(Path config, Map<String, String> environment, Path stateDirectory, int port)
            throws Exception;

    /** Where Flink's Web UI is served. */
    URI webUi();

    /** Shows how the mappings stand: redraws the live table on a terminal, else says nothing. */
    void showProgress() throws Exception;

    /**
     * Whether each mapping has delivered, completely and acknowledged, a poll that began after the
     * moment.
     *
     * @throws IllegalStateException if the job has ended or a mapping cannot get there by itself;
     *     the message tells which and why
     */
    boolean caughtUpSince(Instant moment) throws Exception;

    /**
     * Stops the job with its state saved, if that can be done in time; a second call does nothing.
     */
    @Override
    void close();
}
