package com.evolvishub.cdc.planner.catalog;

import java.util.Objects;

/**
 * Whether complete reads of a source prove that a missing row was deleted.
 *
 * @param kind what the proof requires
 * @param reason human-readable; may be empty
 */
public record DeleteConfirmation(Kind kind, String reason) {

    /** What the proof requires. */
    public enum Kind {
        /** One read: all relations are locked before the snapshot is taken. */
        LOCKED,
        /** Two consecutive reads of the same files of the same relations. */
        TWO_READS,
        /** Two consecutive reads of relations whose files are not visible: this is no proof. */
        BEST_EFFORT,
        /** It could not be determined. */
        UNKNOWN
    }

    public DeleteConfirmation {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(reason, "why");
    }
}
