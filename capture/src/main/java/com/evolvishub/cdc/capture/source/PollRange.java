package com.evolvishub.cdc.capture.source;

import java.util.Objects;

/**
 * What an unfinished read asks for and how far it has come. The upper bound is not kept: a read
 * that goes on takes the database's time anew.
 *
 * @param lower rows above it are asked for; at the start: all
 * @param resume the last row that was emitted; at the start: none yet
 */
record PollRange(WatermarkPosition lower, WatermarkPosition resume) {

    PollRange {
        Objects.requireNonNull(lower, "lower");
        Objects.requireNonNull(resume, "resume");
    }

    PollRange resumedAt(WatermarkPosition position) {
        return new PollRange(lower, position);
    }
}
