package com.evolvishub.cdc.sink.state;

import com.evolvishub.cdc.runtime.pipeline.PipelineStatus;
import java.time.Instant;
import java.util.Optional;

/**
 * Counters of a pipeline since its first run: the part of {@link PipelineStatus} that survives a
 * restart.
 *
 * @param watermark the highest watermark read; empty: none
 */
public record PipelineTotals(
        long rowsRead,
        long rowsUnchanged,
        long rowsWritten,
        long bytesWritten,
        long nullWatermarks,
        long polls,
        long pollMillis,
        long errors,
        long retries,
        long rowsSkipped,
        long rowsPutAside,
        long extraRows,
        String watermark,
        Optional<Instant> lastPoll,
        Optional<Instant> deliveredAsOf) {

    public static final PipelineTotals NONE =
            new PipelineTotals(
                    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "", Optional.empty(), Optional.empty());

    public static PipelineTotals of(PipelineStatus status) {
        return new PipelineTotals(
                status.rowsRead.get(),
                status.rowsUnchanged.get(),
                status.rowsWritten.get(),
                status.bytesWritten.get(),
                status.nullWatermarks.get(),
                status.polls.get(),
                status.pollMillis.get(),
                status.errors.get(),
                status.retries.get(),
                status.rowsSkipped.get(),
                status.rowsDeadLettered.get(),
                status.extraRows.get(),
                status.watermark(),
                status.lastPoll(),
                status.deliveredAsOf());
    }

    /** A copy with more rows delivered. */
    public PipelineTotals plus(long rows, long bytes, Optional<Instant> asOf) {
        return new PipelineTotals(
                rowsRead,
                rowsUnchanged,
                rowsWritten + rows,
                bytesWritten + bytes,
                nullWatermarks,
                polls,
                pollMillis,
                errors,
                retries,
                rowsSkipped,
                rowsPutAside,
                extraRows,
                watermark,
                lastPoll,
                asOf.or(() -> deliveredAsOf));
    }

    /** Sets the counters of a status to these totals. */
    public void restoreInto(PipelineStatus status) {
        // before the counters: recordPoll() counts
        lastPoll.ifPresent(when -> status.recordPoll(when, pollMillis));
        status.rowsRead.set(rowsRead);
        status.rowsUnchanged.set(rowsUnchanged);
        status.rowsWritten.set(rowsWritten);
        status.bytesWritten.set(bytesWritten);
        status.nullWatermarks.set(nullWatermarks);
        status.polls.set(polls);
        status.pollMillis.set(pollMillis);
        status.errors.set(errors);
        status.retries.set(retries);
        status.rowsSkipped.set(rowsSkipped);
        status.rowsDeadLettered.set(rowsPutAside);
        status.extraRows.set(extraRows);
        status.watermark(watermark);
        deliveredAsOf.ifPresent(status::recordDelivery);
    }
}
