package com.evolvishub.cdc.runtime.row;

/**
 * An element of a pipeline's stream. The order is: a {@link PollStarted}, the rows of that poll, a
 * {@link PollEnded}. A watermark scan adds a {@link DedupeWindow} after the start, a {@link
 * HighWatermarkCrossed} before the first row that no earlier poll has read, and a {@link
 * PollPhaseStarted} before rows outside the ordered range. A complete read adds a {@link
 * SnapshotIntegrity} before its end. These end at the change detector. All elements are immutable:
 * they pass by reference through the chained operators into the delivery queue.
 */
public sealed interface PipelineElement
        permits PollStarted,
                DedupeWindow,
                PollPhaseStarted,
                HighWatermarkCrossed,
                ChangeRow,
                SnapshotIntegrity,
                PollEnded {}
