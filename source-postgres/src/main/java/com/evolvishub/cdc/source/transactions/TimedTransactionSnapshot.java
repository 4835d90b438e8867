package com.evolvishub.cdc.source.transactions;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A look, and our time when the database told its own. That was at some moment between question and
 * answer; the middle is off by half of the time that the answer took at most.
 *
 * @param look the last one that was taken
 * @param ours the middle between its question and its answer, by our steady clock
 */
public record TimedTransactionSnapshot(TransactionSnapshot snapshot, Instant localTime) {

    /** A far server answers as slowly the third time: then that is how well it can be known. */
    private static final int MAX_ATTEMPTS = 3;

    /** Looks. */
    public interface Question {
        /** Asks the database. */
        TransactionSnapshot ask() throws SQLException;
    }

    /**
     * Looks, and looks again where the answer took so long that a pause of either machine could be
     * taken for a step of the clock.
     *
     * @param tolerance a step that is smaller is none
     */
    public static TimedTransactionSnapshot take(Question question, Clock steady, Duration tolerance)
            throws SQLException {
        for (int taken = 1; ; taken++) {
            Instant asked = steady.instant();
            TransactionSnapshot look = question.ask();
            Duration took = Duration.between(asked, steady.instant());
            if (taken == MAX_ATTEMPTS || took.compareTo(tolerance.dividedBy(2)) <= 0) {
                return new TimedTransactionSnapshot(look, asked.plus(took.dividedBy(2)));
            }
        }
    }

    /** By how much the database's clock is ahead of ours, in microseconds. */
    public long clockOffsetMicros() {
        return TransactionTracker.micros(snapshot)
                - ChronoUnit.MICROS.between(Instant.EPOCH, localTime);
    }
}
