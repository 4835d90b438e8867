package com.evolvishub.cdc.source.schedule;

import java.sql.SQLException;
import java.time.Duration;

/**
 * When a source that refuses is asked again: soon at first, so that what was put right heals in
 * seconds, then less and less often. A refused login is asked seldom from the start: servers lock
 * accounts.
 */
public final class QuarantineBackoff {

    static final Duration FIRST = Duration.ofSeconds(5);
    public static final Duration LONGEST = Duration.ofMinutes(5);

    private static final String AUTHENTICATION_CLASS = "28";

    private Duration next = FIRST;

    /** One more refusal: how long to wait now. */
    public Duration failed(Throwable failure) {
        if (isAuthentication(failure)) {
            return LONGEST;
        }
        Duration pause = next;
        Duration doubled = pause.multipliedBy(2);
        next = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
        return pause;
    }

    private static boolean isAuthentication(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof SQLException sql
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
