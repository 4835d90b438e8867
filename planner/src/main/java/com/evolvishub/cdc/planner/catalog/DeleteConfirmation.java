package com.evolvishub.cdc.planner.catalog;

import java.util.Objects;

/**
 * Whether a complete read of a source can prove that a row it does not show is gone.
 *
 * @param kind what the proof takes
 * @param why the reason, for people; empty: there is nothing to say
 */
public record DeleteConfirmation(Kind kind, String reason) {

    /** What the proof takes. */
    public enum Kind {
        /** One read: all that is read is locked before the snapshot is taken. */
        LOCKED,
        /** Two reads in a row, of the same files of the same relations. */
        TWO_READS,
        /** Two reads in a row, of relations whose files cannot be seen: it is no proof. */
        BEST_EFFORT,
        /** It could not be found out. */
        UNKNOWN
    }

    public DeleteConfirmation {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(reason, "why");
    }
}
