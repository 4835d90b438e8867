package com.evolvishub.cdc.sink.recovery;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.sink.failure.DestinationException;

/**
 * Decides whether rows wait for a checkpoint, and what to do when the destination holds rows that
 * are not in the restored state. Written by the I/O thread, read by the task's.
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
    private final RecoveryOptions options;
    private volatile boolean destinationAhead;
    private volatile boolean sendsImmediately;

    /**
     * @param ahead whether an earlier run has found rows that are not in its state, and the case is
     *     not decided yet
     * @param options the user's choices
     */
    public WriteAheadPolicy(Pipeline pipeline, boolean ahead, RecoveryOptions options) {
        this.pipeline = pipeline;
        this.destinationAhead = ahead;
        this.options = options;
        this.sendsImmediately = atLeastOnce() && isByWatermark();
    }

    /**
     * The pipeline's writer was opened.
     *
     * @param foreignRows whether the destination holds rows that are not in the state
     */
    void onOpened(boolean foreignRows) {
        destinationAhead |= foreignRows;
    }

    /**
     * Decides for a schema. Called before its first row is sent.
     *
     * @param upserts whether writing a row twice is the same as writing it once
     * @throws DestinationException if rows would be delivered twice and that is not allowed
     */
    public void decide(boolean upserts) throws DestinationException {
        if (destinationAhead && !options.reload() && !(upserts && isByWatermark())) {
            if (!isByWatermark()) {
                throw new DestinationException(
                        (AHEAD_OF_HASHES + (upserts ? COMPARED : NOT_COMPARED))
                                .formatted(pipeline.mapping()));
            }
            if (!atLeastOnce() && !options.acceptsDuplicates()) {
                throw new DestinationException(AHEAD.formatted(pipeline.mapping()));
            }
        }
        destinationAhead = false;
        sendsImmediately = isByWatermark() && (atLeastOnce() || (upserts && allowsRepeats()));
    }

    private boolean atLeastOnce() {
        return pipeline.deliver().mode() == DeliveryMode.AT_LEAST_ONCE;
    }

    /**
     * Watermark mode reads all rows above the position again. The other modes send only rows that
     * differ from the hashes in the old state: a row that has changed and changed back since then
     * would stay wrong.
     */
    private boolean isByWatermark() {
        return pipeline.scan().capture() instanceof Capture.ByWatermark;
    }

    /** Whether a repeat can only bring the current version of a row, never an old delete. */
    private boolean allowsRepeats() {
        return pipeline.deliver().mode() == DeliveryMode.EXACTLY_ONCE
                && pipeline.scan().deleteWhen().isEmpty();
    }

    public boolean sendsImmediately() {
        return sendsImmediately;
    }

    /**
     * Whether the destination holds rows that are not in the state, and the case is not decided
     * yet.
     */
    public boolean isDestinationAhead() {
        return destinationAhead;
    }
}
