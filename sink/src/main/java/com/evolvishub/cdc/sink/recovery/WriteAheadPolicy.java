package com.evolvishub.cdc.sink.recovery;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.sink.failure.DestinationException;

/**
 * Whether rows have to wait for a checkpoint, and what to do when the destination holds rows that
 * the restored state knows nothing of. Written by the I/O thread, read by the task's.
 */
public final class WriteAheadPolicy {

    private static final String UNKNOWN_ROWS =
            "the destination holds rows that this state knows nothing of (an old savepoint, a lost"
                    + " state directory, or another run of this file)";

    private static final String AHEAD =
            UNKNOWN_ROWS
                    + ": going on would deliver them again. Start with --accept-duplicates %1$s to"
                    + " go on all the same, or with --reset %1$s to load anew into an emptied"
                    + " destination";

    private static final String AHEAD_OF_HASHES =
            UNKNOWN_ROWS
                    + ": rows that have changed since and changed back would not be seen. Start with"
                    + " --reset %1$s to send everything anew; ";

    private static final String COMPARED =
            "with --delete-extra %1$s as well, rows that this state never knew and that are gone from"
                    + " the source are deleted, and the destination ends equal";

    private static final String NOT_COMPARED =
            "rows that this state never knew, and that are gone from the source, stay at the"
                    + " destination, so empty it first";

    private final Pipeline pipeline;
    private final RecoveryOptions choices;
    private volatile boolean destinationAhead;
    private volatile boolean sendsImmediately;

    /**
     * @param ahead whether an earlier run has found rows that its state did not know, and nobody
     *     has decided yet what becomes of them
     * @param choices what the user said
     */
    public WriteAheadPolicy(Pipeline pipeline, boolean ahead, RecoveryOptions choices) {
        this.pipeline = pipeline;
        this.destinationAhead = ahead;
        this.choices = choices;
        this.sendsImmediately = atLeastOnce() && isByWatermark();
    }

    /**
     * The pipeline's writer was opened.
     *
     * @param others whether the destination holds rows that the state knows nothing of
     */
    void onOpened(boolean others) {
        destinationAhead |= others;
    }

    /**
     * To be asked before the first row of a schema is sent.
     *
     * @param upserts whether the destination takes a row a second time without harm
     * @throws DestinationException if rows would arrive twice that may not
     */
    public void decide(boolean upserts) throws DestinationException {
        if (destinationAhead && !choices.reload() && !(upserts && isByWatermark())) {
            if (!isByWatermark()) {
                throw new DestinationException(
                        (AHEAD_OF_HASHES + (upserts ? COMPARED : NOT_COMPARED))
                                .formatted(pipeline.mapping()));
            }
            if (!atLeastOnce() && !choices.acceptsDuplicates()) {
                throw new DestinationException(AHEAD.formatted(pipeline.mapping()));
            }
        }
        destinationAhead = false;
        sendsImmediately = isByWatermark() && (atLeastOnce() || (upserts && mayRepeat()));
    }

    private boolean atLeastOnce() {
        return pipeline.deliver().mode() == DeliveryMode.AT_LEAST_ONCE;
    }

    /**
     * Reads all rows above a position again, whatever the destination holds of them. The other
     * modes send what differs from the hashes of the old state: a row that changed and changed back
     * since would stay wrong.
     */
    private boolean isByWatermark() {
        return pipeline.scan().capture() instanceof Capture.ByWatermark;
    }

    /** The current version of a row, read again, is all that a repeat can bring; no deletes. */
    private boolean mayRepeat() {
        return pipeline.deliver().mode() == DeliveryMode.EXACTLY_ONCE
                && pipeline.scan().deleteWhen().isEmpty();
    }

    public boolean sendsImmediately() {
        return sendsImmediately;
    }

    /** Whether nobody has decided yet what becomes of rows that the state knows nothing of. */
    public boolean isDestinationAhead() {
        return destinationAhead;
    }
}
