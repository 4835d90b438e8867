package com.evolvishub.cdc.flow;

/**
 * What a lane carries, in order: a {@link PollStarted}, the rows of that poll, a {@link PollEnded}.
 * All of them are immutable: they pass by reference through the chained operators and into the
 * delivery queue.
 */
public sealed interface FlowElement permits PollStarted, ChangeRow, PollEnded {}
