package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.flow.Resumption;
import com.evolvishub.cdc.planner.physical.Pipeline;

/** What becomes of a row that is sent to the destination once more. */
enum Repeats {
    /** It is there twice. */
    DOUBLED,
    /** Where rows have a key, it takes its own place. */
    UPSERTED,
    /** Whoever started this run has said that it may. */
    ACCEPTED;

    static Repeats of(Pipeline pipeline, Resumption resumption) {
        if (resumption == Resumption.ACCEPT_CHANGE) {
            return ACCEPTED;
        }
        String type = pipeline.deliver().destination().type();
        return type.equals("postgresql") ? UPSERTED : DOUBLED;
    }
}
