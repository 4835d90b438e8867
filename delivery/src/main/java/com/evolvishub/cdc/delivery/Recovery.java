package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.planner.physical.Pipeline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares, at each opening, what the destination holds with what it has acknowledged. Rows that
 * are gone are sent again under their numbers where they are kept; else the mapping stops, unless
 * the user has said that it goes on without them. Written by the I/O thread, read by the task's.
 */
final class Recovery {

    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final Pipeline pipeline;
    private final String run;
    private final DeliveryQueue queue;
    private final SendingRules rules;
    private volatile String lossAcceptedBy;
    private boolean goesOnWithoutLostRows;
    private boolean wentOnWithoutRows;

    /**
     * @param run the run under way; what the user has chosen holds until it was acted upon once
     */
    Recovery(
            Pipeline pipeline,
            String run,
            DeliveryQueue queue,
            SendingRules rules,
            DeliveryState restored,
            RecoveryChoices choices) {
        this.pipeline = pipeline;
        this.run = run;
        this.queue = queue;
        this.rules = rules;
        this.lossAcceptedBy = restored.lossAcceptedBy();
        this.goesOnWithoutLostRows = choices.goesOnWithoutLostRows() && !lossAcceptedBy.equals(run);
        if (goesOnWithoutLostRows) {
            queue.forgetTarget();
        }
    }

    /**
     * The pipeline's writer was opened.
     *
     * @return number of queued rows that are at the destination
     * @throws RowsLostException if the destination lacks rows that it has acknowledged
     */
    long opened(LaneOpening opening) throws RowsLostException {
        wentOnWithoutRows = false;
        Progress found = opening.progress();
        if (!found.isRecorded()) {
            return queue.openedWithoutRecord();
        }
        Progress acknowledged = queue.acknowledged();
        ProgressComparison comparison =
                ProgressComparison.of(acknowledged, queue.lastNumber(), found);
        if (comparison.lacks(acknowledged)) {
            lost(acknowledged, comparison, found);
        }
        if (!(comparison.replaced() && goesOnWithoutLostRows)) {
            rules.opened(comparison.others());
        }
        long done = queue.opened(found, comparison.shared());
        if (goesOnWithoutLostRows) {
            goesOnWithoutLostRows = false;
            lossAcceptedBy = run;
        }
        return Math.max(0, done);
    }

    private void lost(Progress acknowledged, ProgressComparison comparison, Progress found)
            throws RowsLostException {
        long first = comparison.shared() + 1;
        long last = acknowledged.number();
        if (goesOnWithoutLostRows) {
            wentOnWithoutRows = true;
            LOG.warn(
                    "{}: the destination no longer holds rows {} to {}; the mapping goes on as it"
                            + " was told to",
                    pipeline.mapping(),
                    first,
                    last);
        } else if (!comparison.replaced()
                && !comparison.others()
                && comparison.shared() >= queue.resendableAbove()) {
            LOG.warn(
                    "{}: the destination went back from row {} to row {}, as after a fail-over or a"
                            + " restored backup; rows {} to {} are sent again",
                    pipeline.mapping(),
                    last,
                    comparison.shared(),
                    first,
                    last);
        } else {
            throw RowsLostException.of(first, last, told(comparison, found), pipeline.mapping());
        }
    }

    private static String told(ProgressComparison comparison, Progress found) {
        if (comparison.replaced()) {
            return "its progress record is another one, as of another server, or of a destination"
                    + " that was emptied or made anew";
        }
        if (comparison.others()) {
            return "it went back, and another run has delivered rows up to number %d since"
                    .formatted(found.number());
        }
        return "it went back to row %d, as a restored backup does or a standby that lagged"
                .formatted(found.number());
    }

    /** Whether the last opening gave rows up that had been delivered, as the user has said. */
    boolean wentOnWithoutRows() {
        return wentOnWithoutRows;
    }

    /** The run in which the user's choice about lost rows was acted upon; empty: none. */
    String lossAcceptedBy() {
        return lossAcceptedBy;
    }
}
