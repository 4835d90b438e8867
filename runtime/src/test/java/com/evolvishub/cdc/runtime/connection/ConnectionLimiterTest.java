package com.evolvishub.cdc.runtime.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.runtime.connection.ConnectionLimiter.Permit;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConnectionLimiterTest {

    private final ConnectionLimiter limiter = new ConnectionLimiter();
    private final ManualClock clock = new ManualClock();
    private final List<String> calls = new ArrayList<>();

    @BeforeEach
    void allowThreeConnections() {
        limiter.setServerMaxConnections(10);
    }

    @Test
    void permitsAreGrantedInTheOrderOfTheRequests() {
        Permit one = permit("one");
        Permit two = permit("two");
        Permit three = permit("three");
        Permit four = permit("four");
        Permit five = permit("five");
        assertThat(List.of(one, two, three)).allMatch(Permit::tryAcquire);
        assertThat(List.of(four, five)).noneMatch(Permit::tryAcquire);

        one.release();
        assertThat(calls).contains("four may sit").doesNotContain("five may sit");
        assertThat(five.tryAcquire()).as("before its turn").isFalse();
        assertThat(four.tryAcquire()).isTrue();
        assertThat(five.tryAcquire()).isFalse();
    }

    @Test
    void theLeastRecentlyUsedPermitIsAskedToBeReleasedOnce() {
        List<Permit> acquired = List.of(permit("one"), permit("two"), permit("three"));
        acquired.forEach(Permit::tryAcquire);
        acquired.get(0).markUsed();
        assertThat(calls).isEmpty();

        Permit four = permit("four");
        four.tryAcquire();
        four.tryAcquire();
        assertThat(calls).containsExactly("two is wanted");

        permit("five").tryAcquire();
        assertThat(calls).containsExactly("two is wanted", "three is wanted");
    }

    @Test
    void aPermitThatIsRequestedAgainAsksForAnotherRelease() {
        Permit one = permit("one");
        List.of(one, permit("two"), permit("three")).forEach(Permit::tryAcquire);
        Permit four = permit("four");
        four.tryAcquire();
        one.release();
        four.tryAcquire();
        calls.clear();

        one.tryAcquire();
        assertThat(calls).containsExactly("two is wanted");
    }

    @Test
    void aPermitIsGrantedAfterTheMaximumWait() {
        List.of(permit("one"), permit("two"), permit("three")).forEach(Permit::tryAcquire);
        Permit four = permit("four");
        Permit five = permit("five");
        assertThat(four.tryAcquire()).isFalse();
        assertThat(five.tryAcquire()).isFalse();

        clock.now = clock.now.plus(ConnectionLimiter.MAX_WAIT);
        assertThat(five.tryAcquire()).isTrue();
        assertThat(four.tryAcquire()).isTrue();
    }

    @Test
    void aClosedPermitLeavesTheQueue() {
        Permit one = permit("one");
        List.of(one, permit("two"), permit("three")).forEach(Permit::tryAcquire);
        Permit gone = permit("gone");
        gone.tryAcquire();
        Permit four = permit("four");
        four.tryAcquire();

        gone.close();
        gone.close();
        one.release();
        assertThat(four.tryAcquire()).isTrue();
    }

    @Test
    void eachPurposeAndServerHasItsOwnLimiter() {
        assertThat(ConnectionLimiter.forServer("reading", "host", 5432))
                .isSameAs(ConnectionLimiter.forServer("reading", "host", 5432))
                .isNotSameAs(ConnectionLimiter.forServer("writing", "host", 5432))
                .isNotSameAs(ConnectionLimiter.forServer("reading", "host", 5433));
    }

    private Permit permit(String name) {
        return limiter.permit(
                clock, () -> calls.add(name + " may sit"), () -> calls.add(name + " is wanted"));
    }

    private static final class ManualClock extends Clock {
        private Instant now = Instant.EPOCH.plus(Duration.ofDays(1));

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
