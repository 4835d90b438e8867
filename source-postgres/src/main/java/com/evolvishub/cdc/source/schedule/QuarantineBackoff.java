package com.evolvishub.cdc.source.schedule;

import java.sql.SQLException;
import java.time.Duration;

/**
 * Delays between attempts at a source with a permanent error: short at first, so that a fix takes
 * effect in seconds, then longer and longer. A rejected login is always retried slowly, because
 * servers lock accounts.
 */
public final class QuarantineBackoff {

    static final Duration FIRST = Duration.ofSeconds(5);
    public static final Duration LONGEST = Duration.ofMinutes(5);

    private static final String AUTHENTICATION_CLASS = "28";

    private Duration next = FIRST;

    /** Records a permanent error and returns the delay until the next attempt. */
    public Duration failed(Throwable failure) {
        if (isAuthentication(failure)) {
            return LONGEST;
        }
        Duration delay = next;
        Duration doubled = delay.multipliedBy(2);
        next = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
        return delay;
    }

    private static boolean isAuthentication(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql
                    && sql.getSQLState() != null
                    && sql.getSQLState().startsWith(AUTHENTICATION_CLASS)) {
                return true;
            }
        }
        return false;
    }

    /** A poll has succeeded. */
    public void succeeded() {
        next = FIRST;
    }
}
