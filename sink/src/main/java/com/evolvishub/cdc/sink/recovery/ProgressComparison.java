package com.evolvishub.cdc.sink.recovery;

import com.evolvishub.cdc.sink.progress.Progress;

/**
 * What a destination's progress record means to a pipeline.
 *
 * @param shared the destination holds the pipeline's own rows up to this number
 * @param replaced whether it is another record than the one that was last acknowledged
 * @param others whether the destination holds rows above {@code shared} that the pipeline's state
 *     knows nothing of: the state is older than the destination, or other rows were delivered under
 *     the same numbers
 */
record ProgressComparison(long commonUpTo, boolean replaced, boolean hasForeignRows) {

    /**
     * Compares.
     *
     * @param acknowledged what the pipeline heard last, with its own numbering
     * @param lastNumber the last number that the pipeline has given
     * @param found what the destination says now
     */
    static ProgressComparison of(Progress acknowledged, long lastNumber, Progress found) {
        if (acknowledged.isRecorded() && !acknowledged.incarnation().equals(found.incarnation())) {
            return new ProgressComparison(0, true, found.lastSequence() > 0);
        }
        long shared =
                acknowledged
                        .sequenceHistory()
                        .commonUpTo(
                                found.sequenceHistory(),
                                Math.min(found.lastSequence(), lastNumber));
        return new ProgressComparison(shared, false, found.lastSequence() > shared);
    }

    /** Whether rows that this destination's record has acknowledged are no longer there. */
    boolean isMissingRowsOf(Progress acknowledged) {
        return acknowledged.isRecorded() && commonUpTo < acknowledged.lastSequence();
    }
}
