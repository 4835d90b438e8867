package com.evolvishub.cdc.sink.progress;

import java.util.Objects;

/**
 * How far a pipeline has delivered: the content of the destination's progress record, or the
 * pipeline's last knowledge of it.
 *
 * @param lastSequence sequence number of the last row at the destination; 0: none
 * @param sequenceHistory which writers assigned the sequence numbers up to that row
 * @param incarnation random id that the progress record was created with; another id means another
 *     server or a recreated record. Empty: the destination has no record, or it was never read
 * @param targetId identity of the table, topic or stream that holds the rows; another identity is
 *     another table, whatever its name. Empty: nothing was delivered, or the destination has no
 *     identities
 */
public record Progress(
        long lastSequence, SequenceHistory sequenceHistory, String incarnation, String targetId) {

    /** Nothing was delivered yet, or it is not known. */
    public static final Progress NONE = new Progress(0, SequenceHistory.UNKNOWN, "", "");

    public Progress {
        Objects.requireNonNull(sequenceHistory, "numbering");
        Objects.requireNonNull(incarnation, "incarnation");
        Objects.requireNonNull(targetId, "target");
    }

    /** The content of a progress record of this incarnation, with an unknown target. */
    public static Progress recorded(
            long lastSequence, SequenceHistory sequenceHistory, String incarnation) {
        return new Progress(lastSequence, sequenceHistory, incarnation, "");
    }

    public Progress at(long sequence, String newTargetId) {
        return new Progress(sequence, sequenceHistory, incarnation, newTargetId);
    }

    public Progress deliveredTo(String newTargetId) {
        return new Progress(lastSequence, sequenceHistory, incarnation, newTargetId);
    }

    /** The same progress, without a progress record at the destination. */
    public Progress withoutStoredRecord() {
        return new Progress(lastSequence, sequenceHistory, "", targetId);
    }

    /** Whether a progress record exists to compare with. */
    public boolean isRecorded() {
        return !incarnation.isEmpty();
    }
}
