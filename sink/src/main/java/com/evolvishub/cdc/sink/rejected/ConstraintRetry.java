package com.evolvishub.cdc.sink.rejected;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.failure.ConstraintViolationException;
import com.evolvishub.cdc.sink.failure.RowRejectedException;
import com.evolvishub.cdc.sink.spi.DestinationClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Retries rows that violate a constraint and that later rows may make valid: the parent row of a
 * foreign key is still in the queue or comes through another mapping, or another row releases a
 * unique value.
 *
 * <p>Such a row is retried alone and in one batch with the rows behind it in the queue, up to the
 * queue's bound. Meanwhile the source continues. Each constraint has one maximum wait: after it,
 * further rows that violate this constraint are retried only with the rows already queued, without
 * waiting. A successful retry resets the wait of its constraint. Used by the I/O thread.
 */
public final class ConstraintRetry {

    private static final Duration RETRY_DELAY = Duration.ofMillis(500);
    private static final Duration FULL_RETRY_DELAY = Duration.ofSeconds(10);

    /** The queue behind the rejected row. */
    public interface Rows {
        /** All rows from the queue's head on that may be sent and have the head's schema. */
        List<ChangeRow> sendable();

        /** Waits until more rows may be sent, or until the timeout. */
        void awaitMoreSendable(Duration timeout) throws InterruptedException;
    }

    /** Receives the result of each retry. */
    public interface Outcome {
        /** The rows are at the destination. */
        void onWritten(List<ChangeRow> rows) throws InterruptedException;

        /** The row is retried until {@code until}. */
        void onWaiting(String cause, Instant until) throws InterruptedException;
    }

    private record Wait(Instant until, long triedUpTo) {}

    private final Rows rows;
    private final Outcome outcome;
    private final Duration maxWait;
    private final Clock clock;
    private final Map<String, Wait> waits = new HashMap<>();

    public ConstraintRetry(Rows rows, Outcome outcome, Duration maxWait, Clock clock) {
        this.rows = rows;
        this.outcome = outcome;
        this.maxWait = maxWait;
        this.clock = clock;
    }

    /** Whether a {@link #retry} may succeed. */
    boolean isRetryable(ConstraintViolationException violation) {
        Wait wait = waits.get(violation.constraint());
        return wait == null
                || clock.instant().isBefore(wait.until())
                || lastSendable() > wait.triedUpTo();
    }

    private long lastSendable() {
        List<ChangeRow> sendable = rows.sendable();
        return sendable.isEmpty() ? 0 : sendable.get(sendable.size() - 1).sequence();
    }

    /**
     * Retries the row at the queue's head, alone and with rows behind it, until it is written or
     * the wait is over.
     *
     * @return false: it is still rejected
     */
    boolean retry(DestinationClient client, PostponedRowException postponed) throws Exception {
        String constraint = postponed.rejection().constraint();
        Instant until =
                waits.computeIfAbsent(constraint, c -> new Wait(clock.instant().plus(maxWait), 0))
                        .until();
        Instant nextFullRetry = Instant.MIN;
        while (true) {
            List<ChangeRow> all = rows.sendable();
            long last = all.get(all.size() - 1).sequence();
            boolean written = tryToWrite(client, all.subList(0, 1));
            if (!written
                    && (last > waits.get(constraint).triedUpTo()
                            || !clock.instant().isBefore(nextFullRetry))) {
                written = tryWithLaterRows(client, all);
                waits.put(constraint, new Wait(until, last));
                nextFullRetry = clock.instant().plus(FULL_RETRY_DELAY);
            }
            if (written) {
                waits.remove(constraint);
                return true;
            }
            Duration remaining = Duration.between(clock.instant(), until);
            if (remaining.isNegative() || remaining.isZero()) {
                return false;
            }
            outcome.onWaiting(cause(postponed), until);
            rows.awaitMoreSendable(remaining.compareTo(RETRY_DELAY) < 0 ? remaining : RETRY_DELAY);
        }
    }

    /** Tries ever smaller batches, because rows at the end may be rejected for other reasons. */
    private boolean tryWithLaterRows(DestinationClient client, List<ChangeRow> all)
            throws Exception {
        for (int size = all.size(); size > 1; size /= 2) {
            if (tryToWrite(client, all.subList(0, size))) {
                return true;
            }
        }
        return false;
    }

    private boolean tryToWrite(DestinationClient client, List<ChangeRow> batch) throws Exception {
        try {
            client.write(batch);
        } catch (RowRejectedException rejected) {
            return false;
        }
        outcome.onWritten(batch);
        return true;
    }

    private static String cause(PostponedRowException postponed) {
        return "%s; later rows may cure that, so the source goes on and the row is tried again"
                .formatted(RejectedRowDescription.describe(postponed.row(), postponed.rejection()));
    }
}
