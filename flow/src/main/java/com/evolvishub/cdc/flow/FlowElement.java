package com.evolvishub.cdc.flow;

/**
 * What a lane carries, in order: a {@link PollStarted}, the rows of that poll, a {@link PollEnded}.
 * A watermark scan adds a {@link Retention} behind the beginning and a {@link Frontier} where the
 * rows begin that were never read before; a read of everything adds a {@link ReadCoverage} before
 * its end. These three are for the step that compares, and end there. All of them are immutable:
 * they pass by reference through the chained operators and into the delivery queue.
 */
public sealed interface FlowElement
        permits PollStarted, Retention, Frontier, ChangeRow, ReadCoverage, PollEnded {}
