package com.evolvishub.cdc.source.poll;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;

/** What becomes of a row that is sent to the destination once more. */
public enum DuplicateEffect {
    /** It is there twice. */
    DUPLICATED,
    /** Where rows have a key, it takes its own place. */
    OVERWRITTEN,
    /** Whoever started this run has said that it may. */
    ACCEPTED;

    public static DuplicateEffect of(Pipeline pipeline, RestoreMode resumption) {
        if (resumption == RestoreMode.ACCEPT_CHANGE) {
            return ACCEPTED;
        }
        String type = pipeline.deliver().destination().type();
        return type.equals("postgresql") ? OVERWRITTEN : DUPLICATED;
    }
}
