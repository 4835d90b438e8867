package com.evolvishub.cdc.sink.progress;

import java.util.Objects;

/**
 * Identity of a writer, and what it knows about earlier writers.
 *
 * @param identity the pipeline's identity, under which the destination stores the progress record
 * @param run random id of this run of the job: a writer fenced by another run must not take over
 *     again
 * @param writer random id of this attempt of the task: distinguishes a restarted task from the
 *     stale writer that it replaces, and an own opening whose response was lost from another
 *     writer's
 * @param host host of this run, for the message of the fenced writer
 * @param mapping the mapping's name, for display
 * @param heldBefore whether this same writer has opened the pipeline before
 * @param runEpoch the highest known epoch of this run; 0: none
 * @param sequenceHistory which writers assigned the sequence numbers of this writer's rows
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

    /** A writer with an unknown sequence history. */
    public WriterIdentity(
            String identity,
            String run,
            String writer,
            String host,
            String mapping,
            boolean heldBefore,
            long runEpoch) {
        this(identity, run, writer, host, mapping, heldBefore, runEpoch, SequenceHistory.UNKNOWN);
    }

    /**
     * The epoch to write with. It is above every known epoch of the destination and of this run, so
     * that a destination restored from a backup does not assign an epoch twice.
     *
     * @param holderEpoch epoch of the last writer; 0: none
     */
    public long nextEpoch(long holderEpoch) {
        return Math.max(holderEpoch, runEpoch) + 1;
    }

    /** The sequence history that the destination stores once this writer has taken over. */
    public SequenceHistory sequenceHistoryAfter(long lastNumber, SequenceHistory found) {
        return found.continuedWith(sequenceHistory, lastNumber);
    }

    /**
     * Whether this writer may take over from the writer in the progress record. A new run always
     * may, and a restarted task may take over from its own run; a writer that has been fenced must
     * not take over again.
     *
     * @param holderRun run of the last writer
     * @param holderWriter id of the last writer
     * @param holderEpoch epoch of the last writer; 0: none
     */
    public boolean mayTakeOverFrom(String holderRun, String holderWriter, long holderEpoch) {
        if (holderEpoch == 0 || holderWriter.equals(writer)) {
            return true;
        }
        if (holderRun.equals(run)) {
            return !heldBefore;
        }
        // a higher epoch: this run was fenced. The same epoch: the destination was restored from a
        // backup, and another run has opened it since
        return runEpoch == 0 || holderEpoch < runEpoch;
    }
}
