package com.evolvishub.cdc.runtime.row;

/**
 * The rows of the poll that follow were never read before. Goes no further than the step that
 * compares.
 *
 * @param poll number of the poll
 */
public record HighWatermarkCrossed(long poll) implements PipelineElement {}
