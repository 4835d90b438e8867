package com.evolvishub.cdc.sink.progress;

import com.evolvishub.cdc.sink.spi.DestinationClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows that a progress record counts, and that were written to a table, topic or stream which is
 * not the one that is there now.
 *
 * <p>A record outlives the table. What the state knows of the table comes with an acknowledgement
 * and a checkpoint after it; until then only the record can tell where its rows are:
 *
 * <ol>
 *   <li>a checkpoint holds rows 1 to 9; they are written; the record says 9
 *   <li>the run is killed before another checkpoint, and the topic is deleted and made anew
 *   <li>the next run has rows 1 to 9 in its queue, and no topic that it would miss
 * </ol>
 *
 * <p>All rows above the last acknowledged one are still in the queue, so they are sent again, under
 * the same numbers. Those up to it are gone with the table: that is for {@link
 * DestinationClient#expectProgress}.
 */
public final class ReplacedTarget {

    private static final Logger LOG = LoggerFactory.getLogger(ReplacedTarget.class);

    private ReplacedTarget() {}

    /**
     * The number that such a record stands for.
     *
     * @param acknowledged what the pipeline's state knows
     * @param recorded what the record says
     * @param now what is there now, for people, such as {@code topic orders}
     * @return at most what {@code recorded} says
     */
    public static long effectiveSequence(
            Progress acknowledged, Progress recorded, String now, WriterIdentity lane) {
        if (acknowledged.isRecorded()
                && !acknowledged.incarnation().equals(recorded.incarnation())) {
            // numbers of two records: which rows they are is decided as ever
            return recorded.lastSequence();
        }
        if (recorded.lastSequence() <= acknowledged.lastSequence()) {
            return recorded.lastSequence();
        }
        LOG.warn(
                "{}: {} is not the one that rows {} to {} were written to, or does not exist any"
                        + " more; those of them that wait for an acknowledgement are sent again",
                lane.mapping(),
                now,
                acknowledged.lastSequence() + 1,
                recorded.lastSequence());
        return acknowledged.lastSequence();
    }
}
