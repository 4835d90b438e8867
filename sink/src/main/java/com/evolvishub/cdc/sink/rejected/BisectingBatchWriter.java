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
 * Brings a batch to the destination past the rows that it refuses, in the lane's order. They are
 * found by cutting the batch into pieces of a thousand and halving those. A piece of n rows with b
 * bad ones takes at most about {@code 2b (1 + log2(n/b))} tries. Used by the I/O thread.
 *
 * <p>Dead letters are for rows that are the exception. When many more are refused than taken, the
 * table is at fault rather than the rows, and the mapping stops instead of putting everything
 * there.
 */
public final class BisectingBatchWriter {

    /** So many more refused than taken, and the mapping stops. */
    static final int MAX_EXCESS_REJECTIONS = 1000;

    /** What a refused batch is cut into first: larger pieces would mostly be refused as well. */
    private static final int CHUNK_ROWS = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(BisectingBatchWriter.class);

    /** What becomes of rows that are dealt with. Both may throw to end the work. */
    public interface Outcome {
        /** They are at the destination. */
        void onWritten(List<ChangeRow> rows) throws InterruptedException;

        /** It is among the dead letters. */
        void onDeadLettered(ChangeRow row) throws InterruptedException;

        /** A piece was refused; it is tried in smaller ones if nobody minds. */
        void onRejected() throws InterruptedException;
    }

    private final Pipeline pipeline;
    private final Outcome outcome;
    private final ConstraintRetry constraintRetry;
    private long excess;

    public BisectingBatchWriter(Pipeline pipeline, Outcome outcome, ConstraintRetry refusedRows) {
        this.pipeline = pipeline;
        this.outcome = outcome;
        this.constraintRetry = refusedRows;
    }

    /**
     * Writes rows, good and bad ones.
     *
     * @throws DestinationException if a bad row stops the mapping; all before it are dealt with
     * @throws PostponedRowException if later rows may cure what is wrong with one; all before it
     *     are dealt with
     */
    public void write(DestinationClient client, List<ChangeRow> rows) throws Exception {
        writeChunk(client, rows);
    }

    /** Brings a row there that was postponed, or deals with it as with every other bad row. */
    public void retryPostponed(DestinationClient client, PostponedRowException postponed)
            throws Exception {
        if (!constraintRetry.retry(client, postponed)) {
            writeDeadLetter(client, postponed.row(), postponed.rejection());
        }
    }

    /** Whether all of them were taken. */
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

    private void postponeIfRetryable(ChangeRow row, RowRejectedException refusal)
            throws PostponedRowException {
        if (refusal instanceof ConstraintViolationException violation
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
        boolean firstIsGood = writeChunk(client, rows.subList(0, half));
        List<ChangeRow> second = rows.subList(half, rows.size());
        if (firstIsGood && second.size() > 1) {
            // the bad one must be in here: no need to hear it again
            halve(client, second);
        } else {
            writeChunk(client, second);
        }
    }

    private void writeDeadLetter(
            DestinationClient client, ChangeRow row, RowRejectedException refusal)
            throws Exception {
        String error = RejectedRowDescription.describe(row, refusal);
        if (pipeline.deliver().onBadRow() == BadRowPolicy.QUARANTINE
                || !client.supportsDeadLetters()) {
            throw new DestinationException(error, refusal);
        }
        if (excess >= MAX_EXCESS_REJECTIONS) {
            throw new DestinationException(
                    ("%s. %,d more rows were refused than taken, so this is the destination's fault"
                                    + " rather than theirs: mend it and the mapping goes on by"
                                    + " itself; the refused rows are shown by evolvishub-cdc"
                                    + " dead-letters list")
                            .formatted(error, excess),
                    refusal);
        }
        client.writeDeadLetter(row, error);
        excess++;
        LOG.warn("{}: to the dead letters: {}", pipeline.mapping(), error);
        outcome.onDeadLettered(row);
    }
}
