package com.evolvishub.cdc.source.transactions;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A transaction snapshot with the local time at which the database read its clock. That was between
 * query and answer; the midpoint is off by at most half of the round trip.
 *
 * @param snapshot the last transaction snapshot taken
 * @param localTime the midpoint between query and answer, by the local steady clock
 */
public record TimedTransactionSnapshot(TransactionSnapshot snapshot, Instant localTime) {

    /** On a slow network further attempts are no faster; the precision stays what it is. */
    private static final int MAX_ATTEMPTS = 3;

    /** Queries a transaction snapshot. */
    public interface Question {
        /** Queries the database. */
        TransactionSnapshot ask() throws SQLException;
    }

    /**
     * Takes a transaction snapshot. Repeats it if the answer took so long that a pause of either
     * machine could be mistaken for a step of the clock.
     *
     * @param tolerance the smallest difference that counts as a step
     */
    public static TimedTransactionSnapshot take(Question question, Clock steady, Duration tolerance)
            throws SQLException {
        for (int attempt = 1; ; attempt++) {
            Instant start = steady.instant();
            TransactionSnapshot snapshot = question.ask();
            Duration roundTrip = Duration.between(start, steady.instant());
            if (attempt == MAX_ATTEMPTS || roundTrip.compareTo(tolerance.dividedBy(2)) <= 0) {
                return new TimedTransactionSnapshot(snapshot, start.plus(roundTrip.dividedBy(2)));
            }
        }
    }

    /** By how much the database's clock is ahead of ours, in microseconds. */
    public long clockOffsetMicros() {
        return TransactionTracker.micros(snapshot)
                - ChronoUnit.MICROS.between(Instant.EPOCH, localTime);
    }
}
