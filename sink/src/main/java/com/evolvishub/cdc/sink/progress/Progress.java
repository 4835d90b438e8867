package com.evolvishub.cdc.sink.progress;

import java.util.Objects;

/**
 * How far a pipeline is at its destination: what the destination's progress record says, or what
 * the pipeline has last heard of it.
 *
 * @param number of the last row that is there; 0: none
 * @param numbering who numbered that row and those before it
 * @param incarnation random id that the progress record was made with: another one is another
 *     record, of another server, or made anew. Empty: the destination keeps none, or it was never
 *     read
 * @param target identity of the table, topic or stream that holds the rows; another one is another
 *     table, whatever its name. Empty: nothing was delivered, or the destination tells of none
 */
public record Progress(
        long lastSequence, SequenceHistory sequenceHistory, String incarnation, String targetId) {

    /** Nothing was delivered yet, or nobody can tell. */
    public static final Progress NONE = new Progress(0, SequenceHistory.UNKNOWN, "", "");

    public Progress {
        Objects.requireNonNull(sequenceHistory, "numbering");
        Objects.requireNonNull(incarnation, "incarnation");
        Objects.requireNonNull(targetId, "target");
    }

    /** What a progress record of this incarnation says; nobody can tell of which target. */
    public static Progress recorded(long number, SequenceHistory numbering, String incarnation) {
        return new Progress(number, numbering, incarnation, "");
    }

    public Progress at(long last, String table) {
        return new Progress(last, sequenceHistory, incarnation, table);
    }

    public Progress deliveredTo(String table) {
        return new Progress(lastSequence, sequenceHistory, incarnation, table);
    }

    /** The same rows, of which nothing at the destination tells. */
    public Progress withoutStoredRecord() {
        return new Progress(lastSequence, sequenceHistory, "", targetId);
    }

    /** Whether there is a progress record to compare with. */
    public boolean isRecorded() {
        return !incarnation.isEmpty();
    }
}
