package com.evolvishub.cdc.sink.state;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Objects;

/**
 * How far the comparison of a load that began anew with the keys at the destination is.
 *
 * @param load the run that was told to load anew; empty: none was
 * @param phase what is to be done
 * @param begun whether keys are noted at the destination since
 * @param reads complete reads of the source that have ended since; one that proves what is gone
 *     counts as two
 */
public record ReloadComparisonState(
        String loadId, Phase phase, boolean recordingStarted, int reads) {

    /** What is to be done. */
    public enum Phase {
        /** Nothing: no load was asked for, or it was compared. */
        NONE,
        /** Keys are noted until a read is complete. */
        NOTING,
        /** The keys at the destination are to be compared now. */
        DUE
    }

    public static final ReloadComparisonState NONE =
            new ReloadComparisonState("", Phase.NONE, false, 0);

    public ReloadComparisonState {
        Objects.requireNonNull(loadId, "load");
        Objects.requireNonNull(phase, "phase");
    }

    /** Of a load that this run was told to do; a run does it once. */
    public ReloadComparisonState startedBy(String run) {
        return loadId.equals(run) ? this : new ReloadComparisonState(run, Phase.NOTING, false, 0);
    }

    public ReloadComparisonState recording() {
        return new ReloadComparisonState(loadId, phase, true, reads);
    }

    public ReloadComparisonState read(boolean provesAbsence) {
        return new ReloadComparisonState(
                loadId, phase, recordingStarted, reads + (provesAbsence ? 2 : 1));
    }

    /** Whether a row that no read has shown is gone at the source. */
    public boolean provesAbsence() {
        return reads >= 2;
    }

    public ReloadComparisonState in(Phase next) {
        return new ReloadComparisonState(loadId, next, recordingStarted, reads);
    }

    void write(DataOutput out) throws IOException {
        out.writeUTF(loadId);
        out.writeUTF(phase.name());
        out.writeBoolean(recordingStarted);
        out.writeInt(reads);
    }

    static ReloadComparisonState read(DataInput in) throws IOException {
        return new ReloadComparisonState(
                in.readUTF(), Phase.valueOf(in.readUTF()), in.readBoolean(), in.readInt());
    }
}
