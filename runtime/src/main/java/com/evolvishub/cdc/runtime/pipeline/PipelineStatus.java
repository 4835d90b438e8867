package com.evolvishub.cdc.runtime.pipeline;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What both ends of a lane tell of themselves: from outcomes, never from "a thread is alive".
 * Thread-safe. Counters count from the lane's first run on: delivery keeps them in its state.
 */
public final class PipelineStatus {

    private volatile EndpointStatus source =
            EndpointStatus.of(MappingState.STARTING, Instant.EPOCH);
    private volatile EndpointStatus destination =
            EndpointStatus.of(MappingState.STARTING, Instant.EPOCH);
    private volatile String lastError = "";
    private volatile String watermark = "";
    private volatile String lowWatermark = "";
    private volatile Instant lastPoll;
    private volatile Instant deliveredAsOf;
    private volatile long expectedRows;

    /** Rows that the source handed on, before any comparison with state. */
    public final AtomicLong rowsRead = new AtomicLong();

    /** Rows dropped because they were sent before. */
    public final AtomicLong rowsUnchanged = new AtomicLong();

    /** Rows that the destination has acknowledged. */
    public final AtomicLong rowsWritten = new AtomicLong();

    /** Bytes of COPY text in {@link #rowsWritten}. */
    public final AtomicLong bytesWritten = new AtomicLong();

    /** Rows with a NULL watermark at the last count. */
    public final AtomicLong nullWatermarks = new AtomicLong();

    /** Rows above the source's clock when they were last read: they were sent. */
    public final AtomicLong futureWatermarks = new AtomicLong();

    /**
     * Seconds that each watermark stands for, where all that were seen are whole seconds, minutes,
     * hours or days: so much is read again besides the look-back. 0: nothing of the kind.
     */
    public final AtomicLong watermarkGranularitySeconds = new AtomicLong();

    /** Rows that are remembered, so that a read that shows them again does not send them again. */
    public final AtomicLong dedupeStateRows = new AtomicLong();

    /** Rows that the last read missed, and that are deleted if the next one misses them too. */
    public final AtomicLong unconfirmedDeletes = new AtomicLong();

    /** Rows that the destination took and left out, by rules of its own such as a trigger. */
    public final AtomicLong rowsSkipped = new AtomicLong();

    /** Rows put where dead letters go. */
    public final AtomicLong rowsDeadLettered = new AtomicLong();

    /**
     * Rows at the destination that a reset found there, that it did not load and did not delete.
     */
    public final AtomicLong extraRows = new AtomicLong();

    /** Complete polls. */
    public final AtomicLong polls = new AtomicLong();

    /** How long the last complete poll took, in milliseconds. */
    public final AtomicLong pollMillis = new AtomicLong();

    /** Failures of either end. */
    public final AtomicLong errors = new AtomicLong();

    /** Tries after a failure. */
    public final AtomicLong retries = new AtomicLong();

    /** Rows numbered and not yet acknowledged. */
    public final AtomicLong rowsQueued = new AtomicLong();

    /** Rows of the read under way: of the table's statistics, 0 when there are none. */
    public void expectRows(long rows) {
        expectedRows = rows;
    }

    /** See {@link #expectRows}. */
    public long expectedRows() {
        return expectedRows;
    }

    /** The source's end changed; an error in it is remembered as the last one. */
    public void source(EndpointStatus condition) {
        source = condition;
        recordError(condition);
    }

    /** The source's end. */
    public EndpointStatus source() {
        return source;
    }

    /** The destination's end changed; an error in it is remembered as the last one. */
    public void destination(EndpointStatus condition) {
        destination = condition;
        recordError(condition);
    }

    /** The destination's end. */
    public EndpointStatus destination() {
        return destination;
    }

    private void recordError(EndpointStatus condition) {
        if (!condition.cause().isEmpty()) {
            lastError = condition.cause();
        }
    }

    /** The lane as a whole: the worse of its two ends. */
    public EndpointStatus overall() {
        EndpointStatus one = source;
        EndpointStatus other = destination;
        return other.state().compareTo(one.state()) < 0 ? other : one;
    }

    /** The last thing that went wrong; empty when nothing has. */
    public String lastError() {
        return lastError;
    }

    /** The highest watermark read, in the database's own text; empty when there is none. */
    public String watermark() {
        return watermark;
    }

    /** Moves {@link #watermark()}. */
    public void watermark(String highest) {
        watermark = highest;
    }

    /** How far back polls have to read, and what makes them; empty: nothing does. */
    public String lowWatermark() {
        return lowWatermark;
    }

    /** Moves {@link #lowWatermark()}. */
    public void lowWatermark(String text) {
        lowWatermark = text;
    }

    /** When the last complete poll ended. */
    public Optional<Instant> lastPoll() {
        return Optional.ofNullable(lastPoll);
    }

    /** A poll ended at {@code when}. */
    public void recordPoll(Instant when, long millis) {
        polls.incrementAndGet();
        pollMillis.set(millis);
        lastPoll = when;
    }

    /** The time at the source up to which the destination holds everything. */
    public Optional<Instant> deliveredAsOf() {
        return Optional.ofNullable(deliveredAsOf);
    }

    /** Moves {@link #deliveredAsOf()}. */
    public void recordDelivery(Instant asOf) {
        deliveredAsOf = asOf;
    }
}
