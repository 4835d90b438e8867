package com.evolvishub.cdc.runtime.pipeline;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The status of a pipeline, reported by source and delivery from the results of their work.
 * Thread-safe. Counters are totals since the pipeline's first run: delivery keeps them in its
 * state.
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

    /** Rows that the source read, before change detection. */
    public final AtomicLong rowsRead = new AtomicLong();

    /** Rows not sent again, because the dedupe state holds the same version. */
    public final AtomicLong rowsUnchanged = new AtomicLong();

    /** Rows that the destination has acknowledged. */
    public final AtomicLong rowsWritten = new AtomicLong();

    /** Bytes of COPY text in {@link #rowsWritten}. */
    public final AtomicLong bytesWritten = new AtomicLong();

    /** Rows with a NULL watermark at the last count. */
    public final AtomicLong nullWatermarks = new AtomicLong();

    /** Rows with a watermark above the source's clock at the last read. They were sent. */
    public final AtomicLong futureWatermarks = new AtomicLong();

    /**
     * Granularity of the watermarks in seconds, if all of them are whole seconds, minutes, hours or
     * days: it extends the lookback. 0: none.
     */
    public final AtomicLong watermarkGranularitySeconds = new AtomicLong();

    /** Rows in the dedupe state, which prevents sending them again. */
    public final AtomicLong dedupeStateRows = new AtomicLong();

    /**
     * Unconfirmed deletes: rows missing from the last read, deleted if the next one misses them
     * too.
     */
    public final AtomicLong unconfirmedDeletes = new AtomicLong();

    /** Rows that the destination accepted and did not store, for example because of a trigger. */
    public final AtomicLong rowsSkipped = new AtomicLong();

    /** Rows written to the dead letters. */
    public final AtomicLong rowsDeadLettered = new AtomicLong();

    /** Extra rows: rows at the destination that a reset did not load and did not delete. */
    public final AtomicLong extraRows = new AtomicLong();

    /** Complete polls. */
    public final AtomicLong polls = new AtomicLong();

    /** Duration of the last complete poll in milliseconds. */
    public final AtomicLong pollMillis = new AtomicLong();

    /** Errors of source and destination. */
    public final AtomicLong errors = new AtomicLong();

    /** Retries after an error. */
    public final AtomicLong retries = new AtomicLong();

    /** Rows with a sequence number that are not acknowledged yet. */
    public final AtomicLong rowsQueued = new AtomicLong();

    /**
     * Sets the number of rows that the running read is expected to return, from the table's
     * statistics; 0: none.
     */
    public void expectRows(long rows) {
        expectedRows = rows;
    }

    /** See {@link #expectRows}. */
    public long expectedRows() {
        return expectedRows;
    }

    /** Sets the source's status; a cause that is not empty becomes {@link #lastError()}. */
    public void source(EndpointStatus changed) {
        source = changed;
        recordError(changed);
    }

    /** The source's status. */
    public EndpointStatus source() {
        return source;
    }

    /** Sets the destination's status; a cause that is not empty becomes {@link #lastError()}. */
    public void destination(EndpointStatus changed) {
        destination = changed;
        recordError(changed);
    }

    /** The destination's status. */
    public EndpointStatus destination() {
        return destination;
    }

    private void recordError(EndpointStatus changed) {
        if (!changed.cause().isEmpty()) {
            lastError = changed.cause();
        }
    }

    /** The pipeline's status: the worse one of its two ends. */
    public EndpointStatus overall() {
        EndpointStatus one = source;
        EndpointStatus other = destination;
        return other.state().compareTo(one.state()) < 0 ? other : one;
    }

    /** The last error; empty if there was none. */
    public String lastError() {
        return lastError;
    }

    /** The highest watermark read, as the database prints it; empty: none. */
    public String watermark() {
        return watermark;
    }

    /** Sets {@link #watermark()}. */
    public void watermark(String highest) {
        watermark = highest;
    }

    /** The low watermark that polls read from, and what pins it; empty: none. */
    public String lowWatermark() {
        return lowWatermark;
    }

    /** Sets {@link #lowWatermark()}. */
    public void lowWatermark(String text) {
        lowWatermark = text;
    }

    /** When the last complete poll ended. */
    public Optional<Instant> lastPoll() {
        return Optional.ofNullable(lastPoll);
    }

    /** Records a poll that ended at {@code when}. */
    public void recordPoll(Instant when, long millis) {
        polls.incrementAndGet();
        pollMillis.set(millis);
        lastPoll = when;
    }

    /** The source time up to which the destination holds all rows. */
    public Optional<Instant> deliveredAsOf() {
        return Optional.ofNullable(deliveredAsOf);
    }

    /** Sets {@link #deliveredAsOf()}. */
    public void recordDelivery(Instant asOf) {
        deliveredAsOf = asOf;
    }
}
