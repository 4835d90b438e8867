package com.evolvishub.cdc.sink.progress;

import com.evolvishub.cdc.sink.spi.DestinationClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles rows that a progress record counts but that were written to a table, topic or stream
 * which has since been replaced or deleted.
 *
 * <p>The record outlives the table. The state knows the table only after an acknowledgement and a
 * later checkpoint; until then only the record shows where its rows are:
 *
 * <ol>
 *   <li>a checkpoint holds rows 1 to 9; they are written; the record holds 9
 *   <li>the run is killed before another checkpoint, and the topic is deleted and recreated
 *   <li>the next run has rows 1 to 9 in its queue, but no topic identity in its state
 * </ol>
 *
 * <p>All rows above the last acknowledged one are still in the queue, so they are resent under the
 * same sequence numbers. Rows up to it are lost with the table: {@link
 * DestinationClient#expectProgress} makes that visible.
 */
public final class ReplacedTarget {

    private static final Logger LOG = LoggerFactory.getLogger(ReplacedTarget.class);

    private ReplacedTarget() {}

    /**
     * The sequence number up to which such a record counts.
     *
     * @param acknowledged the progress in the pipeline's state
     * @param recorded the content of the record
     * @param target the current target, human-readable, such as {@code topic orders}
     * @return at most the last sequence number of {@code recorded}
     */
    public static long effectiveSequence(
            Progress acknowledged, Progress recorded, String target, WriterIdentity writer) {
        if (acknowledged.isRecorded()
                && !acknowledged.incarnation().equals(recorded.incarnation())) {
            // two different records: the usual comparison decides
            return recorded.lastSequence();
        }
        if (recorded.lastSequence() <= acknowledged.lastSequence()) {
            return recorded.lastSequence();
        }
        LOG.warn(
                "{}: {} is not the one that rows {} to {} were written to, or does not exist any"
                        + " more; those of them that wait for an acknowledgement are sent again",
                writer.mapping(),
                target,
                acknowledged.lastSequence() + 1,
                recorded.lastSequence());
        return acknowledged.lastSequence();
    }
}
