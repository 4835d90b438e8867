package com.evolvishub.cdc.source.poll;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;

/** The effect of delivering a row to the destination again. */
public enum DuplicateEffect {
    /** The row exists twice. */
    DUPLICATED,
    /** A row with a key overwrites the one delivered before. */
    OVERWRITTEN,
    /** The user has accepted duplicates for this run. */
    ACCEPTED;

    public static DuplicateEffect of(Pipeline pipeline, RestoreMode restoreMode) {
        if (restoreMode == RestoreMode.ACCEPT_CHANGE) {
            return ACCEPTED;
        }
        String type = pipeline.deliver().destination().type();
        return type.equals("postgresql") ? OVERWRITTEN : DUPLICATED;
    }
}
