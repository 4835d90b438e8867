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

    private final ConnectionLimiter seats = new ConnectionLimiter();
    private final HandClock clock = new HandClock();
    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void aServerThatTakesTenHasThreeSeats() {
        seats.setServerMaxConnections(10);
    }

    @Test
    void whoFindsNoSeatStandsInLineAndSitsInTurn() {
        Permit one = seat("one");
        Permit two = seat("two");
        Permit three = seat("three");
        Permit four = seat("four");
        Permit five = seat("five");
        assertThat(List.of(one, two, three)).allMatch(Permit::tryAcquire);
        assertThat(List.of(four, five)).noneMatch(Permit::tryAcquire);

        one.release();
        assertThat(told).contains("four may sit").doesNotContain("five may sit");
        assertThat(five.tryAcquire()).as("before its turn").isFalse();
        assertThat(four.tryAcquire()).isTrue();
        assertThat(five.tryAcquire()).isFalse();
    }

    @Test
    void whoWasAtWorkLongestAgoIsAskedToLeaveAndOnlyOnce() {
        List<Permit> sitting = List.of(seat("one"), seat("two"), seat("three"));
        sitting.forEach(Permit::tryAcquire);
        sitting.get(0).markUsed();
        assertThat(told).isEmpty();

        Permit four = seat("four");
        four.tryAcquire();
        four.tryAcquire();
        assertThat(told).containsExactly("two is wanted");

        seat("five").tryAcquire();
        assertThat(told).containsExactly("two is wanted", "three is wanted");
    }

    @Test
    void whoHasLeftAndComesBackIsAskedAgain() {
        Permit one = seat("one");
        List.of(one, seat("two"), seat("three")).forEach(Permit::tryAcquire);
        Permit four = seat("four");
        four.tryAcquire();
        one.release();
        four.tryAcquire();
        told.clear();

        one.tryAcquire();
        assertThat(told).containsExactly("two is wanted");
    }

    @Test
    void nobodyWaitsLongForNeighboursThatAreStuck() {
        List.of(seat("one"), seat("two"), seat("three")).forEach(Permit::tryAcquire);
        Permit four = seat("four");
        Permit five = seat("five");
        assertThat(four.tryAcquire()).isFalse();
        assertThat(five.tryAcquire()).isFalse();

        clock.now = clock.now.plus(ConnectionLimiter.MAX_WAIT);
        assertThat(five.tryAcquire()).isTrue();
        assertThat(four.tryAcquire()).isTrue();
    }

    @Test
    void whoLeavesTheLineIsNotWaitedFor() {
        Permit one = seat("one");
        List.of(one, seat("two"), seat("three")).forEach(Permit::tryAcquire);
        Permit gone = seat("gone");
        gone.tryAcquire();
        Permit four = seat("four");
        four.tryAcquire();

        gone.close();
        gone.close();
        one.release();
        assertThat(four.tryAcquire()).isTrue();
    }

    @Test
    void endsAndServersHaveSeatsOfTheirOwn() {
        assertThat(ConnectionLimiter.forServer("reading", "host", 5432))
                .isSameAs(ConnectionLimiter.forServer("reading", "host", 5432))
                .isNotSameAs(ConnectionLimiter.forServer("writing", "host", 5432))
                .isNotSameAs(ConnectionLimiter.forServer("reading", "host", 5433));
    }

    private Permit seat(String name) {
        return seats.permit(
                clock, () -> told.add(name + " may sit"), () -> told.add(name + " is wanted"));
    }

    private static final class HandClock extends Clock {
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
