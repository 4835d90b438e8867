package com.evolvishub.cdc.runtime.row;

import java.util.Objects;

/**
 * A read of the source begins. A read that is resumed or restarted after a failure is a new poll
 * with a higher number.
 *
 * @param poll number of this poll in its pipeline; increasing, kept in state
 * @param schema of the rows that follow
 */
public record PollStarted(long poll, RowSchema schema) implements PipelineElement {
    public PollStarted {
        Objects.requireNonNull(schema, "schema");
    }
}
