package com.evolvishub.cdc.sink.state;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Objects;

/**
 * State of the comparison of a reload with the keys at the destination.
 *
 * @param loadId the run that was started with a reload; empty: none
 * @param phase what is due
 * @param recordingStarted whether recording keys at the destination has started
 * @param reads complete reads of the source since then; one that proves absence counts as two
 */
public record ReloadComparisonState(
        String loadId, Phase phase, boolean recordingStarted, int reads) {

    /** What is due. */
    public enum Phase {
        /** Nothing: no reload was requested, or it was compared. */
        NONE,
        /** Keys are recorded until a read is complete. */
        NOTING,
        /** The keys at the destination must be compared now. */
        DUE
    }

    public static final ReloadComparisonState NONE =
            new ReloadComparisonState("", Phase.NONE, false, 0);

    public ReloadComparisonState {
        Objects.requireNonNull(loadId, "load");
        Objects.requireNonNull(phase, "phase");
    }

    /** The state of a reload by this run; a run reloads once. */
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

    /** Whether a row that no read has returned no longer exists at the source. */
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
