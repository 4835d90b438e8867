package com.evolvishub.cdc.runtime.row;

import java.util.Objects;

/**
 * A read of the source begins. A read that is resumed or begun anew after a failure starts a new
 * poll, with a higher number.
 *
 * @param poll number of this poll in its lane, rising, kept in state
 * @param schema of the rows that follow
 */
public record PollStarted(long poll, RowSchema schema) implements PipelineElement {
    public PollStarted {
        Objects.requireNonNull(schema, "schema");
    }
}
