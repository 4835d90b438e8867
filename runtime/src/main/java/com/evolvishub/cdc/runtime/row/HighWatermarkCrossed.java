package com.evolvishub.cdc.runtime.row;

/**
 * The poll crossed the high watermark: no earlier poll has read the rows that follow. Ends at the
 * change detector.
 *
 * @param poll number of the poll
 */
public record HighWatermarkCrossed(long poll) implements PipelineElement {}
