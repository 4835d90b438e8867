package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.OnBadRow;
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
final class BadRows {

    /** So many more refused than taken, and the mapping stops. */
    static final int TOO_MANY = 1000;

    /** What a refused batch is cut into first: larger pieces would mostly be refused as well. */
    private static final int PIECE = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(BadRows.class);

    /** What becomes of rows that are dealt with. Both may throw to end the work. */
    interface Outcome {
        /** They are at the destination. */
        void written(List<ChangeRow> rows) throws InterruptedException;

        /** It is among the dead letters. */
        void buried(ChangeRow row) throws InterruptedException;

        /** A piece was refused; it is tried in smaller ones if nobody minds. */
        void refused() throws InterruptedException;
    }

    private final Pipeline pipeline;
    private final Outcome outcome;
    private final RefusedRows refusedRows;
    private long excess;

    BadRows(Pipeline pipeline, Outcome outcome, RefusedRows refusedRows) {
        this.pipeline = pipeline;
        this.outcome = outcome;
        this.refusedRows = refusedRows;
    }

    /**
     * Writes rows, good and bad ones.
     *
     * @throws DestinationException if a bad row stops the mapping; all before it are dealt with
     * @throws PostponedRow if later rows may cure what is wrong with one; all before it are dealt
     *     with
     */
    void write(DestinationClient client, List<ChangeRow> rows) throws Exception {
        writePiece(client, rows);
    }

    /** Brings a row there that was postponed, or deals with it as with every other bad row. */
    void cure(DestinationClient client, PostponedRow postponed) throws Exception {
        if (!refusedRows.cure(client, postponed)) {
            bury(client, postponed.row(), postponed.refusal());
        }
    }

    /** Whether all of them were taken. */
    private boolean writePiece(DestinationClient client, List<ChangeRow> rows) throws Exception {
        try {
            client.write(rows);
        } catch (BadRowException e) {
            outcome.refused();
            if (rows.size() == 1) {
                postponeIfCurable(rows.get(0), e);
                bury(client, rows.get(0), e);
            } else if (rows.size() >= 2 * PIECE) {
                cut(client, rows);
            } else {
                halve(client, rows);
            }
            return false;
        }
        excess = Math.max(0, excess - rows.size());
        outcome.written(rows);
        return true;
    }

    private void postponeIfCurable(ChangeRow row, BadRowException refusal) throws PostponedRow {
        if (refusal instanceof ConstraintViolationException violation
                && refusedRows.mayCure(violation)) {
            throw new PostponedRow(row, violation);
        }
    }

    private void cut(DestinationClient client, List<ChangeRow> rows) throws Exception {
        for (int from = 0; from < rows.size(); from += PIECE) {
            writePiece(client, rows.subList(from, Math.min(rows.size(), from + PIECE)));
        }
    }

    private void halve(DestinationClient client, List<ChangeRow> rows) throws Exception {
        int half = rows.size() / 2;
        boolean firstIsGood = writePiece(client, rows.subList(0, half));
        List<ChangeRow> second = rows.subList(half, rows.size());
        if (firstIsGood && second.size() > 1) {
            // the bad one must be in here: no need to hear it again
            halve(client, second);
        } else {
            writePiece(client, second);
        }
    }

    private void bury(DestinationClient client, ChangeRow row, BadRowException refusal)
            throws Exception {
        String error = BadRow.describe(row, refusal);
        if (pipeline.deliver().onBadRow() == OnBadRow.QUARANTINE || !client.keepsDeadLetters()) {
            throw new DestinationException(error, refusal);
        }
        if (excess >= TOO_MANY) {
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
        outcome.buried(row);
    }
}
