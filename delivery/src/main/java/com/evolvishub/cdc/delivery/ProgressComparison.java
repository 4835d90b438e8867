package com.evolvishub.cdc.delivery;

/**
 * What a destination's progress record means to a pipeline.
 *
 * @param shared the destination holds the pipeline's own rows up to this number
 * @param replaced whether it is another record than the one that was last acknowledged
 * @param others whether the destination holds rows above {@code shared} that the pipeline's state
 *     knows nothing of: the state is older than the destination, or other rows were delivered under
 *     the same numbers
 */
record ProgressComparison(long shared, boolean replaced, boolean others) {

    /**
     * Compares.
     *
     * @param acknowledged what the pipeline heard last, with its own numbering
     * @param lastNumber the last number that the pipeline has given
     * @param found what the destination says now
     */
    static ProgressComparison of(Progress acknowledged, long lastNumber, Progress found) {
        if (acknowledged.isRecorded() && !acknowledged.incarnation().equals(found.incarnation())) {
            return new ProgressComparison(0, true, found.number() > 0);
        }
        long shared =
                acknowledged
                        .numbering()
                        .agreesUpTo(found.numbering(), Math.min(found.number(), lastNumber));
        return new ProgressComparison(shared, false, found.number() > shared);
    }

    /** Whether rows that this destination's record has acknowledged are no longer there. */
    boolean lacks(Progress acknowledged) {
        return acknowledged.isRecorded() && shared < acknowledged.number();
    }
}
