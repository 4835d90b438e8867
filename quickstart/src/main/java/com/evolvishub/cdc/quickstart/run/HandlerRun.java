package com.evolvishub.cdc.quickstart.run;

import com.evolvishub.cdc.job.RestoreOptions;
import com.evolvishub.cdc.job.api.MultiCdcHandler;
import com.evolvishub.cdc.job.api.PlannedFile;
import com.evolvishub.cdc.job.cli.terminal.LiveStatusTable;
import com.evolvishub.cdc.job.cli.terminal.Terminal;
import com.evolvishub.cdc.job.embedded.RunSettings;
import com.evolvishub.cdc.job.status.JobReport;
import com.evolvishub.cdc.job.status.MappingStatus;
import com.evolvishub.cdc.planner.RunOverrides;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the file's mappings on the embedded Flink, as {@code run-multi} does. */
public final class HandlerRun implements SyncRun {

    private static final Logger LOG = LoggerFactory.getLogger(HandlerRun.class);

    private final PrintWriter out;
    private final LiveStatusTable table;
    private MultiCdcHandler handler;

    /**
     * Starts nothing yet.
     *
     * @param out receives the live table of mappings
     */
    public HandlerRun(PrintWriter out) {
        this.out = out;
        this.table = new LiveStatusTable(out);
    }

    @Override
    public void start(Path config, Map<String, String> environment, Path stateDirectory, int port)
            throws Exception {
        Map<String, String> variables = new HashMap<>(System.getenv());
        variables.putAll(environment);
        PlannedFile file = PlannedFile.load(config, RunOverrides.NONE, variables);
        handler =
                MultiCdcHandler.of(
                        file, new RunSettings(stateDirectory, port, RestoreOptions.NONE));
        handler.start();
    }

    @Override
    public URI webUi() {
        return handler.webUi();
    }

    @Override
    public void showProgress() {
        JobReport report = handler.report();
        if (Terminal.isInteractive()) {
            table.show(report);
        }
    }

    @Override
    public boolean caughtUpSince(Instant moment) {
        for (MappingStatus mapping : handler.report().mappings()) {
            if (mapping.state().equals(MappingState.QUARANTINED.label())) {
                throw new IllegalStateException(mapping.name() + ": " + mapping.cause());
            }
            if (mapping.deliveredAsOf().isEmpty()
                    || Instant.parse(mapping.deliveredAsOf()).isBefore(moment)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        if (handler == null) {
            return;
        }
        try {
            handler.close();
        } catch (Exception unclean) {
            out.println("The job did not end cleanly: " + unclean.getMessage());
            LOG.debug("unclean end", unclean);
        }
    }
}
