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
 * Rows that a constraint refuses, and that later rows may cure: the parent that a foreign key names
 * is still in the queue or comes by another mapping, or another row gives a unique value away.
 *
 * <p>Such a row is tried again, by itself and in one batch with what stands behind it in the queue,
 * up to the queue's bound. Meanwhile the source goes on. That ends after a while, once for each
 * constraint: the next rows that the same one refuses are only tried together with what is there,
 * and do not wait. A constraint whose row was cured waits anew. Used by the I/O thread.
 */
public final class ConstraintRetry {

    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    /** What the refused row stands in front of. */
    public interface Rows {
        /** Every row from the queue's head on that may be sent and has the head's schema. */
        List<ChangeRow> sendable();

        /** Waits until more may be sent, for so long at most. */
        void awaitMoreSendable(Duration atMost) throws InterruptedException;
    }

    /** Who has to know how it goes. */
    public interface Outcome {
        /** They are at the destination. */
        void onWritten(List<ChangeRow> rows) throws InterruptedException;

        /** The row is waited for until then. */
        void onWaiting(String cause, Instant until) throws InterruptedException;
    }

    private record Wait(Instant until, long triedUpTo) {}

    private final Rows rows;
    private final Outcome outcome;
    private final Duration maxWait;
    private final Clock clock;
    private final Map<String, Wait> waits = new HashMap<>();

    public ConstraintRetry(Rows rows, Outcome outcome, Duration patience, Clock clock) {
        this.rows = rows;
        this.outcome = outcome;
        this.maxWait = patience;
        this.clock = clock;
    }

    /** Whether a refused row is worth a {@link #retry}. */
    boolean isRetryable(ConstraintViolationException refusal) {
        Wait wait = waits.get(refusal.constraint());
        return wait == null
                || clock.instant().isBefore(wait.until())
                || lastSendable() > wait.triedUpTo();
    }

    private long lastSendable() {
        List<ChangeRow> sendable = rows.sendable();
        return sendable.isEmpty() ? 0 : sendable.get(sendable.size() - 1).sequence();
    }

    /**
     * Tries the row at the queue's head until it is there, maybe with others behind it, or until
     * the wait is over.
     *
     * @return false: it is still refused
     */
    boolean retry(DestinationClient client, PostponedRowException postponed) throws Exception {
        String constraint = postponed.rejection().constraint();
        Instant until =
                waits.computeIfAbsent(constraint, c -> new Wait(clock.instant().plus(maxWait), 0))
                        .until();
        Instant nextWide = Instant.MIN;
        while (true) {
            List<ChangeRow> all = rows.sendable();
            long last = all.get(all.size() - 1).sequence();
            boolean cured = tryToWrite(client, all.subList(0, 1));
            if (!cured
                    && (last > waits.get(constraint).triedUpTo()
                            || !clock.instant().isBefore(nextWide))) {
                cured = tryTogether(client, all);
                waits.put(constraint, new Wait(until, last));
                nextWide = clock.instant().plus(LONGEST_PAUSE);
            }
            if (cured) {
                waits.remove(constraint);
                return true;
            }
            Duration left = Duration.between(clock.instant(), until);
            if (left.isNegative() || left.isZero()) {
                return false;
            }
            outcome.onWaiting(cause(postponed), until);
            rows.awaitMoreSendable(left.compareTo(PAUSE) < 0 ? left : PAUSE);
        }
    }

    /** Without rows at the end that may be refused for other reasons. */
    private boolean tryTogether(DestinationClient client, List<ChangeRow> all) throws Exception {
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
        } catch (RowRejectedException refused) {
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
