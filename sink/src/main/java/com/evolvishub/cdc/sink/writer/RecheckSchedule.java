package com.evolvishub.cdc.sink.writer;

import com.evolvishub.cdc.sink.failure.FailureKind;
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
public record RecheckSchedule(Duration first, Duration longest) implements Serializable {

    static final RecheckSchedule DEFAULT =
            new RecheckSchedule(Duration.ofSeconds(5), Duration.ofMinutes(5));

    Delays newDelays() {
        return new Delays(this);
    }

    /** The pauses of one pipeline. Used by one thread. */
    static final class Delays {
        private final RecheckSchedule recheck;
        private Duration next;

        private Delays(RecheckSchedule recheck) {
            this.recheck = recheck;
            this.next = recheck.first;
        }

        /** One more refusal: how long to wait now. */
        Duration next(FailureKind failure) {
            if (failure == FailureKind.AUTHENTICATION) {
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
