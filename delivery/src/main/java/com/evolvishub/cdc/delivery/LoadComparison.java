package com.evolvishub.cdc.delivery;

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
record LoadComparison(String load, Phase phase, boolean begun, int reads) {

    /** What is to be done. */
    enum Phase {
        /** Nothing: no load was asked for, or it was compared. */
        NONE,
        /** Keys are noted until a read is complete. */
        NOTING,
        /** The keys at the destination are to be compared now. */
        DUE
    }

    static final LoadComparison NONE = new LoadComparison("", Phase.NONE, false, 0);

    LoadComparison {
        Objects.requireNonNull(load, "load");
        Objects.requireNonNull(phase, "phase");
    }

    /** Of a load that this run was told to do; a run does it once. */
    LoadComparison askedBy(String run) {
        return load.equals(run) ? this : new LoadComparison(run, Phase.NOTING, false, 0);
    }

    LoadComparison noting() {
        return new LoadComparison(load, phase, true, reads);
    }

    LoadComparison read(boolean provesAbsence) {
        return new LoadComparison(load, phase, begun, reads + (provesAbsence ? 2 : 1));
    }

    /** Whether a row that no read has shown is gone at the source. */
    boolean isProven() {
        return reads >= 2;
    }

    LoadComparison in(Phase next) {
        return new LoadComparison(load, next, begun, reads);
    }

    void write(DataOutput out) throws IOException {
        out.writeUTF(load);
        out.writeUTF(phase.name());
        out.writeBoolean(begun);
        out.writeInt(reads);
    }

    static LoadComparison read(DataInput in) throws IOException {
        return new LoadComparison(
                in.readUTF(), Phase.valueOf(in.readUTF()), in.readBoolean(), in.readInt());
    }
}
