package com.evolvishub.cdc.flow;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * How many connections the mappings of this process hold at one end of one server, so that hundreds
 * of them do not take all that the server has. Who finds no seat waits in line, and the one that
 * was used longest ago is asked to leave.
 *
 * <p>A seat is a courtesy, not a permission: after {@link #PATIENCE} a mapping sits down all the
 * same, so that neighbours which are stuck, or long at work, hold up nobody.
 *
 * <p>Thread-safe.
 */
public final class Seats {

    /** How long somebody stands in line at most. */
    public static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Until the server has told how many connections it takes. */
    static final int DEFAULT = 4;

    private static final ConcurrentMap<String, Seats> SERVERS = new ConcurrentHashMap<>();

    private final Set<Seat> taken = new LinkedHashSet<>();
    private final Set<Seat> line = new LinkedHashSet<>();
    private int count = DEFAULT;

    /** A mapping's place at a server, taken or not. Closing it twice does nothing. */
    public final class Seat implements AutoCloseable {
        private final Clock clock;
        private final Runnable available;
        private final Runnable wanted;
        private long since;
        private boolean asked;

        private Seat(Clock clock, Runnable available, Runnable wanted) {
            this.clock = clock;
            this.available = available;
            this.wanted = wanted;
        }

        /** Sits down, or stands in line; says whether it sits. To be asked again and again. */
        public boolean tryTake() {
            return take(this);
        }

        /** Was at work just now: others are asked to leave before it. */
        public void used() {
            touch(this);
        }

        /** Leaves the seat, or the line. */
        public void release() {
            leave(this);
        }

        @Override
        public void close() {
            release();
        }
    }

    Seats() {}

    /**
     * The seats at a server.
     *
     * @param end which end of a pipeline they are for: those who read must never wait for those who
     *     write, who wait for them
     */
    public static Seats at(String end, String host, int port) {
        return SERVERS.computeIfAbsent(end + ' ' + host + ':' + port, server -> new Seats());
    }

    /**
     * A place for a mapping, not taken yet.
     *
     * @param available runs, from any thread, when {@link Seat#tryTake} is worth another try
     * @param wanted runs, from any thread, when somebody waits; who is not at work had better leave
     */
    public Seat seat(Clock clock, Runnable available, Runnable wanted) {
        return new Seat(clock, available, wanted);
    }

    /** How many there are. */
    public synchronized int count() {
        return count;
    }

    /** The server takes that many connections in all; we take three tenths of them at each end. */
    public synchronized void serverTakes(int connections) {
        count = Math.max(2, connections * 3 / 10);
    }

    /** Tells nobody in line: who asks here may hold a lock that they need to hear it. */
    private boolean take(Seat seat) {
        List<Runnable> calls = new ArrayList<>();
        boolean sits;
        synchronized (this) {
            if (taken.contains(seat)) {
                return true;
            }
            if (line.add(seat)) {
                seat.since = seat.clock.millis();
            }
            boolean first = line.iterator().next() == seat;
            boolean waited = seat.clock.millis() - seat.since >= PATIENCE.toMillis();
            sits = waited || (first && taken.size() < count);
            if (sits) {
                line.remove(seat);
                seat.asked = false;
                taken.add(seat);
            }
            askToLeave(calls);
        }
        calls.forEach(Runnable::run);
        return sits;
    }

    /** As many as wait and find no seat, those first that were used longest ago. */
    private void askToLeave(List<Runnable> calls) {
        long leaving = taken.stream().filter(seat -> seat.asked).count();
        long missing = line.size() - Math.max(0, count - taken.size()) - leaving;
        for (Seat seat : taken) {
            if (missing <= 0) {
                return;
            }
            if (!seat.asked) {
                seat.asked = true;
                calls.add(seat.wanted);
                missing--;
            }
        }
    }

    private synchronized void touch(Seat seat) {
        if (taken.remove(seat)) {
            taken.add(seat);
        }
    }

    private void leave(Seat seat) {
        List<Runnable> calls = new ArrayList<>();
        synchronized (this) {
            line.remove(seat);
            taken.remove(seat);
            line.stream()
                    .limit(Math.max(0, count - taken.size()))
                    .forEach(next -> calls.add(next.available));
        }
        calls.forEach(Runnable::run);
    }
}
