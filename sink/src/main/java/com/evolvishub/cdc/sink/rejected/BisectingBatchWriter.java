package com.evolvishub.cdc.sink.rejected;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.BadRowPolicy;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.failure.ConstraintViolationException;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.failure.RowRejectedException;
import com.evolvishub.cdc.sink.spi.DestinationClient;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a batch in sequence order and isolates the rows that the destination rejects. It splits a
 * rejected batch into chunks of 1000 rows and halves those. A chunk of n rows with b rejected ones
 * takes at most about {@code 2b (1 + log2(n/b))} writes. Used by the I/O thread.
 *
 * <p>Dead letters are meant for exceptions. When many more rows are rejected than accepted, the
 * table is probably wrong, not the rows, and the mapping stops.
 */
public final class BisectingBatchWriter {

    /** The mapping stops when this many more rows were rejected than accepted. */
    static final int MAX_EXCESS_REJECTIONS = 1000;

    /** First chunk size of a rejected batch: larger chunks would mostly be rejected as well. */
    private static final int CHUNK_ROWS = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(BisectingBatchWriter.class);

    /** Receives the result of each write. All methods may throw to stop the work. */
    public interface Outcome {
        /** The rows are at the destination. */
        void onWritten(List<ChangeRow> rows) throws InterruptedException;

        /** The row is in the dead letters. */
        void onDeadLettered(ChangeRow row) throws InterruptedException;

        /** A chunk was rejected; it will be retried in smaller chunks. */
        void onRejected() throws InterruptedException;
    }

    private final Pipeline pipeline;
    private final Outcome outcome;
    private final ConstraintRetry constraintRetry;
    private long excess;

    public BisectingBatchWriter(
            Pipeline pipeline, Outcome outcome, ConstraintRetry constraintRetry) {
        this.pipeline = pipeline;
        this.outcome = outcome;
        this.constraintRetry = constraintRetry;
    }

    /**
     * Writes rows, and handles those that are rejected.
     *
     * @throws DestinationException if a rejected row stops the mapping; all rows before it are done
     * @throws PostponedRowException if later rows may make a rejected row valid; all rows before it
     *     are done
     */
    public void write(DestinationClient client, List<ChangeRow> rows) throws Exception {
        writeChunk(client, rows);
    }

    /** Retries a postponed row; if it is still rejected, handles it like any other rejected row. */
    public void retryPostponed(DestinationClient client, PostponedRowException postponed)
            throws Exception {
        if (!constraintRetry.retry(client, postponed)) {
            writeDeadLetter(client, postponed.row(), postponed.rejection());
        }
    }

    /** Returns whether no row was rejected. */
    private boolean writeChunk(DestinationClient client, List<ChangeRow> rows) throws Exception {
        try {
            client.write(rows);
        } catch (RowRejectedException e) {
            outcome.onRejected();
            if (rows.size() == 1) {
                postponeIfRetryable(rows.get(0), e);
                writeDeadLetter(client, rows.get(0), e);
            } else if (rows.size() >= 2 * CHUNK_ROWS) {
                writeInChunks(client, rows);
            } else {
                halve(client, rows);
            }
            return false;
        }
        excess = Math.max(0, excess - rows.size());
        outcome.onWritten(rows);
        return true;
    }

    private void postponeIfRetryable(ChangeRow row, RowRejectedException rejection)
            throws PostponedRowException {
        if (rejection instanceof ConstraintViolationException violation
                && constraintRetry.isRetryable(violation)) {
            throw new PostponedRowException(row, violation);
        }
    }

    private void writeInChunks(DestinationClient client, List<ChangeRow> rows) throws Exception {
        for (int from = 0; from < rows.size(); from += CHUNK_ROWS) {
            writeChunk(client, rows.subList(from, Math.min(rows.size(), from + CHUNK_ROWS)));
        }
    }

    private void halve(DestinationClient client, List<ChangeRow> rows) throws Exception {
        int half = rows.size() / 2;
        boolean firstAccepted = writeChunk(client, rows.subList(0, half));
        List<ChangeRow> second = rows.subList(half, rows.size());
        if (firstAccepted && second.size() > 1) {
            // the rejected row is in this half: skip writing it as a whole
            halve(client, second);
        } else {
            writeChunk(client, second);
        }
    }

    private void writeDeadLetter(
            DestinationClient client, ChangeRow row, RowRejectedException rejection)
            throws Exception {
        String error = RejectedRowDescription.describe(row, rejection);
        if (pipeline.deliver().onBadRow() == BadRowPolicy.QUARANTINE
                || !client.supportsDeadLetters()) {
            throw new DestinationException(error, rejection);
        }
        if (excess >= MAX_EXCESS_REJECTIONS) {
            throw new DestinationException(
                    ("%s. %,d more rows were refused than taken, so this is the destination's fault"
                                    + " rather than theirs: mend it and the mapping goes on by"
                                    + " itself; the refused rows are shown by evolvishub-cdc"
                                    + " dead-letters list")
                            .formatted(error, excess),
                    rejection);
        }
        client.writeDeadLetter(row, error);
        excess++;
        LOG.warn("{}: to the dead letters: {}", pipeline.mapping(), error);
        outcome.onDeadLettered(row);
    }
}
