package com.evolvishub.cdc.delivery;

import java.io.Serializable;
import java.time.Duration;

/**
 * When a destination that refuses is asked again: soon at first, so that what was put right heals
 * in seconds, then less and less often. A refused login is asked seldom from the start: servers
 * lock accounts.
 *
 * @param first pause
 * @param longest pause, and the one after a refused login
 */
record Recheck(Duration first, Duration longest) implements Serializable {

    static final Recheck DEFAULT = new Recheck(Duration.ofSeconds(5), Duration.ofMinutes(5));

    Pauses pauses() {
        return new Pauses(this);
    }

    /** The pauses of one pipeline. Used by one thread. */
    static final class Pauses {
        private final Recheck recheck;
        private Duration next;

        private Pauses(Recheck recheck) {
            this.recheck = recheck;
            this.next = recheck.first;
        }

        /** One more refusal: how long to wait now. */
        Duration next(Failure failure) {
            if (failure == Failure.AUTHENTICATION) {
                return recheck.longest;
            }
            Duration pause = next;
            Duration doubled = pause.multipliedBy(2);
            next = doubled.compareTo(recheck.longest) < 0 ? doubled : recheck.longest;
            return pause;
        }

        /** Something worked. */
        void reset() {
            next = recheck.first;
        }
    }
}
