package com.evolvishub.cdc.sink.recovery;

import com.evolvishub.cdc.sink.progress.Progress;

/**
 * Result of comparing a destination's progress record with a pipeline's state.
 *
 * @param commonUpTo the destination holds the pipeline's own rows up to this sequence number
 * @param replaced whether the record is a different one than at the last acknowledgement
 * @param hasForeignRows whether the destination holds rows above {@code commonUpTo} that are not in
 *     the pipeline's state: the state is older than the destination, or other rows were delivered
 *     under the same sequence numbers
 */
record ProgressComparison(long commonUpTo, boolean replaced, boolean hasForeignRows) {

    /**
     * Compares.
     *
     * @param acknowledged the progress last acknowledged, with the pipeline's own sequence history
     * @param lastNumber the last sequence number that the pipeline has assigned
     * @param found the progress record read now
     */
    static ProgressComparison of(Progress acknowledged, long lastNumber, Progress found) {
        if (acknowledged.isRecorded() && !acknowledged.incarnation().equals(found.incarnation())) {
            return new ProgressComparison(0, true, found.lastSequence() > 0);
        }
        long commonUpTo =
                acknowledged
                        .sequenceHistory()
                        .commonUpTo(
                                found.sequenceHistory(),
                                Math.min(found.lastSequence(), lastNumber));
        return new ProgressComparison(commonUpTo, false, found.lastSequence() > commonUpTo);
    }

    /** Whether the destination lacks rows that it has acknowledged. */
    boolean isMissingRowsOf(Progress acknowledged) {
        return acknowledged.isRecorded() && commonUpTo < acknowledged.lastSequence();
    }
}
