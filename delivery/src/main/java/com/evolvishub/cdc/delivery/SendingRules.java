package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.DeliveryMode;

/**
 * Whether rows have to wait for a checkpoint, and what to do when the destination holds rows that
 * the restored state knows nothing of. Written by the I/O thread, read by the task's.
 */
final class SendingRules {

    private final Pipeline pipeline;
    private final long restoredLast;
    private final boolean acceptsDuplicates;
    private boolean firstOpening = true;
    private volatile boolean ahead;
    private volatile boolean atOnce;

    /**
     * @param restored what the lane goes on from
     * @param acceptsDuplicates whether the user said that rows may arrive a second time
     */
    SendingRules(Pipeline pipeline, DeliveryState restored, boolean acceptsDuplicates) {
        this.pipeline = pipeline;
        this.restoredLast = restored.lastNumber();
        this.ahead = restored.ahead();
        this.acceptsDuplicates = acceptsDuplicates;
        this.atOnce = pipeline.deliver().mode() == DeliveryMode.AT_LEAST_ONCE;
    }

    /**
     * Compares state and destination. Only the first opening of an attempt tells: what the
     * destination holds later, this attempt has sent.
     */
    void opened(long destinationLast) {
        if (firstOpening) {
            firstOpening = false;
            ahead |= destinationLast > restoredLast;
        }
    }

    /**
     * To be asked before the first row of a schema is sent.
     *
     * @param upserts whether the destination takes a row a second time without harm
     * @throws DestinationException if rows would arrive twice that may not
     */
    void decide(boolean upserts) throws DestinationException {
        boolean atLeastOnce = pipeline.deliver().mode() == DeliveryMode.AT_LEAST_ONCE;
        if (ahead && !upserts && !atLeastOnce && !acceptsDuplicates) {
            throw new DestinationException(
                    ("the destination holds rows that this state knows nothing of (an old savepoint,"
                                    + " or a lost state directory): going on would deliver them"
                                    + " again. Start with --accept-duplicates %1$s to go on all the"
                                    + " same, or with --reset %1$s to load anew into an emptied"
                                    + " destination")
                            .formatted(pipeline.mapping()));
        }
        ahead = false;
        atOnce = atLeastOnce || (upserts && mayRepeat());
    }

    /** The current version of a row, read again, is all that a repeat can bring; no deletes. */
    private boolean mayRepeat() {
        return pipeline.deliver().mode() == DeliveryMode.EXACTLY_ONCE
                && pipeline.scan().capture() instanceof Capture.ByWatermark
                && pipeline.scan().deleteWhen().isEmpty();
    }

    boolean atOnce() {
        return atOnce;
    }

    /** Whether nobody has decided yet what becomes of rows that the state knows nothing of. */
    boolean isAhead() {
        return ahead;
    }
}
