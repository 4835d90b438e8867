package com.evolvishub.cdc.sink.progress;

import java.util.Objects;

/**
 * Who writes, and what it knows.
 *
 * @param identity the pipeline's identity, under which the destination keeps epoch and last number
 * @param run random id of this run of the job: a writer that is fenced by another run must not
 *     fence back
 * @param writer random id of this attempt of the task: tells a restarted task from the zombie it
 *     replaces, and an opening whose answer was lost from somebody else's
 * @param host where this run lives, for the message that the fenced one prints
 * @param mapping the mapping's name, for people
 * @param held whether this very writer has held the lane before
 * @param runEpoch the highest epoch known to have been this run's; 0: none
 * @param numbering who numbered the rows that this writer has or will have
 */
public record WriterIdentity(
        String identity,
        String run,
        String writer,
        String host,
        String mapping,
        boolean heldBefore,
        long runEpoch,
        SequenceHistory sequenceHistory) {
    public WriterIdentity {
        Objects.requireNonNull(identity, "identity");
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(writer, "writer");
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(mapping, "mapping");
        Objects.requireNonNull(sequenceHistory, "numbering");
    }

    /** A writer that does not tell who numbered its rows. */
    public WriterIdentity(
            String identity,
            String run,
            String writer,
            String host,
            String mapping,
            boolean held,
            long runEpoch) {
        this(identity, run, writer, host, mapping, held, runEpoch, SequenceHistory.UNKNOWN);
    }

    /**
     * The epoch to write under, above every one that the destination or this run has had: a
     * destination that was set back must not give one out a second time.
     *
     * @param holderEpoch that of the last holder; 0: nobody has taken it yet
     */
    public long nextEpoch(long holderEpoch) {
        return Math.max(holderEpoch, runEpoch) + 1;
    }

    /** What the destination keeps of the numbering, once this writer has taken the lane. */
    public SequenceHistory sequenceHistoryAfter(long lastNumber, SequenceHistory found) {
        return found.continuedWith(sequenceHistory, lastNumber);
    }

    /**
     * Whether this writer may take the lane from the one that the destination names. A new run may
     * always, a restarted task may take it from its own run; but whoever has held the lane and lost
     * it does not fence back.
     *
     * @param holderRun the run that took the lane last
     * @param holderWriter its writer
     * @param holderEpoch its epoch; 0: nobody has taken it yet
     */
    public boolean mayTakeOverFrom(String holderRun, String holderWriter, long holderEpoch) {
        if (holderEpoch == 0 || holderWriter.equals(writer)) {
            return true;
        }
        if (holderRun.equals(run)) {
            return !heldBefore;
        }
        // an epoch that this run has had, in somebody else's hands: the destination was set back,
        // and
        // a rival has come since
        return runEpoch == 0 || holderEpoch < runEpoch;
    }
}
