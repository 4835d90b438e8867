package com.evolvishub.cdc.runtime.row;

/**
 * What a lane carries, in order: a {@link PollStarted}, the rows of that poll, a {@link PollEnded}.
 * A watermark scan adds a {@link DedupeWindow} behind the beginning, a {@link HighWatermarkCrossed}
 * where the rows begin that were never read before, and a {@link PollPhaseStarted} where they stand
 * outside of the order; a read of everything adds a {@link SnapshotIntegrity} before its end. These
 * are for the step that compares, and end there. All of them are immutable: they pass by reference
 * through the chained operators and into the delivery queue.
 */
public sealed interface PipelineElement
        permits PollStarted,
                DedupeWindow,
                PollPhaseStarted,
                HighWatermarkCrossed,
                ChangeRow,
                SnapshotIntegrity,
                PollEnded {}
