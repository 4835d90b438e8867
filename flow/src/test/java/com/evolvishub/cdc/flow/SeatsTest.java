package com.evolvishub.cdc.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.flow.Seats.Seat;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SeatsTest {

    private final Seats seats = new Seats();
    private final HandClock clock = new HandClock();
    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void aServerThatTakesTenHasThreeSeats() {
        seats.serverTakes(10);
    }

    @Test
    void whoFindsNoSeatStandsInLineAndSitsInTurn() {
        Seat one = seat("one");
        Seat two = seat("two");
        Seat three = seat("three");
        Seat four = seat("four");
        Seat five = seat("five");
        assertThat(List.of(one, two, three)).allMatch(Seat::tryTake);
        assertThat(List.of(four, five)).noneMatch(Seat::tryTake);

        one.release();
        assertThat(told).contains("four may sit").doesNotContain("five may sit");
        assertThat(five.tryTake()).as("before its turn").isFalse();
        assertThat(four.tryTake()).isTrue();
        assertThat(five.tryTake()).isFalse();
    }

    @Test
    void whoWasAtWorkLongestAgoIsAskedToLeaveAndOnlyOnce() {
        List<Seat> sitting = List.of(seat("one"), seat("two"), seat("three"));
        sitting.forEach(Seat::tryTake);
        sitting.get(0).used();
        assertThat(told).isEmpty();

        Seat four = seat("four");
        four.tryTake();
        four.tryTake();
        assertThat(told).containsExactly("two is wanted");

        seat("five").tryTake();
        assertThat(told).containsExactly("two is wanted", "three is wanted");
    }

    @Test
    void whoHasLeftAndComesBackIsAskedAgain() {
        Seat one = seat("one");
        List.of(one, seat("two"), seat("three")).forEach(Seat::tryTake);
        Seat four = seat("four");
        four.tryTake();
        one.release();
        four.tryTake();
        told.clear();

        one.tryTake();
        assertThat(told).containsExactly("two is wanted");
    }

    @Test
    void nobodyWaitsLongForNeighboursThatAreStuck() {
        List.of(seat("one"), seat("two"), seat("three")).forEach(Seat::tryTake);
        Seat four = seat("four");
        Seat five = seat("five");
        assertThat(four.tryTake()).isFalse();
        assertThat(five.tryTake()).isFalse();

        clock.now = clock.now.plus(Seats.PATIENCE);
        assertThat(five.tryTake()).isTrue();
        assertThat(four.tryTake()).isTrue();
    }

    @Test
    void whoLeavesTheLineIsNotWaitedFor() {
        Seat one = seat("one");
        List.of(one, seat("two"), seat("three")).forEach(Seat::tryTake);
        Seat gone = seat("gone");
        gone.tryTake();
        Seat four = seat("four");
        four.tryTake();

        gone.close();
        gone.close();
        one.release();
        assertThat(four.tryTake()).isTrue();
    }

    @Test
    void endsAndServersHaveSeatsOfTheirOwn() {
        assertThat(Seats.at("reading", "host", 5432))
                .isSameAs(Seats.at("reading", "host", 5432))
                .isNotSameAs(Seats.at("writing", "host", 5432))
                .isNotSameAs(Seats.at("reading", "host", 5433));
    }

    private Seat seat(String name) {
        return seats.seat(
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
