package com.evolvishub.cdc.sink.writer;

import com.evolvishub.cdc.sink.failure.FailureKind;
import java.io.Serializable;
import java.time.Duration;

/**
 * Delays before a destination with a permanent error is tried again: short at first, so that a
 * fixed problem recovers within seconds, then doubling. After a failed authentication always the
 * longest delay: servers lock accounts.
 *
 * @param first the first delay
 * @param longest the longest delay, and the one after a failed authentication
 */
public record RecheckSchedule(Duration first, Duration longest) implements Serializable {

    static final RecheckSchedule DEFAULT =
            new RecheckSchedule(Duration.ofSeconds(5), Duration.ofMinutes(5));

    Delays newDelays() {
        return new Delays(this);
    }

    /** The delays of one pipeline. Used by one thread. */
    static final class Delays {
        private final RecheckSchedule recheck;
        private Duration next;

        private Delays(RecheckSchedule recheck) {
            this.recheck = recheck;
            this.next = recheck.first;
        }

        /** Counts a permanent error and returns the delay until the next try. */
        Duration next(FailureKind failure) {
            if (failure == FailureKind.AUTHENTICATION) {
                return recheck.longest;
            }
            Duration delay = next;
            Duration doubled = delay.multipliedBy(2);
            next = doubled.compareTo(recheck.longest) < 0 ? doubled : recheck.longest;
            return delay;
        }

        /** A request succeeded. */
        void reset() {
            next = recheck.first;
        }
    }
}
