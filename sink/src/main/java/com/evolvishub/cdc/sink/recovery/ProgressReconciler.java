package com.evolvishub.cdc.sink.recovery;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.sink.failure.RowsLostException;
import com.evolvishub.cdc.sink.progress.Progress;
import com.evolvishub.cdc.sink.queue.WriteAheadQueue;
import com.evolvishub.cdc.sink.spi.RecoveredProgress;
import com.evolvishub.cdc.sink.state.DeliveryState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares, at each opening, what the destination holds with what it has acknowledged. Lost rows
 * are resent under their sequence numbers if the resend buffer has them; otherwise the mapping
 * stops, unless the user has chosen to continue without them. Written by the I/O thread, read by
 * the task's.
 */
public final class ProgressReconciler {

    private static final Logger LOG = LoggerFactory.getLogger(ProgressReconciler.class);

    private final Pipeline pipeline;
    private final String run;
    private final WriteAheadQueue queue;
    private final WriteAheadPolicy policy;
    private volatile String lossAcceptedByRun;
    private boolean acceptsLostRows;
    private boolean wentOnWithoutRows;

    /**
     * @param run the current run; the user's choice is applied once per run
     */
    public ProgressReconciler(
            Pipeline pipeline,
            String run,
            WriteAheadQueue queue,
            WriteAheadPolicy policy,
            DeliveryState restored,
            RecoveryOptions options) {
        this.pipeline = pipeline;
        this.run = run;
        this.queue = queue;
        this.policy = policy;
        this.lossAcceptedByRun = restored.lossAcceptedByRun();
        this.acceptsLostRows = options.acceptsLostRows() && !lossAcceptedByRun.equals(run);
        if (acceptsLostRows) {
            queue.forgetTarget();
        }
    }

    /**
     * The pipeline's writer was opened.
     *
     * @return number of queued rows that are at the destination
     * @throws RowsLostException if the destination lacks rows that it has acknowledged
     */
    public long onOpened(RecoveredProgress recovered) throws RowsLostException {
        wentOnWithoutRows = false;
        Progress found = recovered.progress();
        if (!found.isRecorded()) {
            return queue.onOpenedWithoutRecord();
        }
        Progress acknowledged = queue.acknowledged();
        ProgressComparison comparison =
                ProgressComparison.of(acknowledged, queue.lastNumber(), found);
        if (comparison.isMissingRowsOf(acknowledged)) {
            handleLostRows(acknowledged, comparison, found);
        }
        if (!(comparison.replaced() && acceptsLostRows)) {
            policy.onOpened(comparison.hasForeignRows());
        }
        long done = queue.onOpened(found, comparison.commonUpTo());
        if (acceptsLostRows) {
            acceptsLostRows = false;
            lossAcceptedByRun = run;
        }
        return Math.max(0, done);
    }

    private void handleLostRows(
            Progress acknowledged, ProgressComparison comparison, Progress found)
            throws RowsLostException {
        long first = comparison.commonUpTo() + 1;
        long last = acknowledged.lastSequence();
        if (acceptsLostRows) {
            wentOnWithoutRows = true;
            LOG.warn(
                    "{}: the destination no longer holds rows {} to {}; the mapping goes on as it"
                            + " was told to",
                    pipeline.mapping(),
                    first,
                    last);
        } else if (!comparison.replaced()
                && !comparison.hasForeignRows()
                && comparison.commonUpTo() >= queue.resendableAbove()) {
            LOG.warn(
                    "{}: the destination went back from row {} to row {}, as after a fail-over or a"
                            + " restored backup; rows {} to {} are sent again",
                    pipeline.mapping(),
                    last,
                    comparison.commonUpTo(),
                    first,
                    last);
        } else {
            throw RowsLostException.of(
                    first, last, describe(comparison, found), pipeline.mapping());
        }
    }

    private static String describe(ProgressComparison comparison, Progress found) {
        if (comparison.replaced()) {
            return "its progress record is another one, as of another server, or of a destination"
                    + " that was emptied or made anew";
        }
        if (comparison.hasForeignRows()) {
            return "it went back, and another run has delivered rows up to number %d since"
                    .formatted(found.lastSequence());
        }
        return "it went back to row %d, as a restored backup does or a standby that lagged"
                .formatted(found.lastSequence());
    }

    /** Whether the last opening gave up delivered rows, as the user has chosen. */
    public boolean wentOnWithoutRows() {
        return wentOnWithoutRows;
    }

    /** The run in which the user's choice about lost rows was applied; empty: none. */
    public String lossAcceptedByRun() {
        return lossAcceptedByRun;
    }
}
