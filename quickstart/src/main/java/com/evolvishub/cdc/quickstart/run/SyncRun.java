package com.evolvishub.cdc.quickstart.run;

import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/** One run of a file's mappings inside this process. */
public interface SyncRun extends AutoCloseable {

    /**
     * Plans the file and starts its job; returns when the job is submitted.
     *
     * @param environment values for {@code ${NAME}} in the file; they override the process's
     *     environment
     * @param stateDirectory keeps the positions
     * @param port of the Web UI; 0: any free one
     */
    void start(Path config, Map<String, String> environment, Path stateDirectory, int port)
            throws Exception;

    /** The address of Flink's Web UI. */
    URI webUi();

    /**
     * Shows the status of the mappings: redraws the live table on a terminal, otherwise prints
     * nothing.
     */
    void showProgress() throws Exception;

    /**
     * Whether each mapping has completely delivered a poll that began after {@code moment}.
     *
     * @throws IllegalStateException if the job has ended or a mapping is quarantined; the message
     *     names it and the cause
     */
    boolean caughtUpSince(Instant moment) throws Exception;

    /** Stops the job with a savepoint, if one can be taken in time; a second call does nothing. */
    @Override
    void close();
}
