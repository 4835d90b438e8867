package com.evolvishub.cdc.source.reader;

import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.source.session.LivenessProbe;
import com.evolvishub.cdc.source.session.SourceSession;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Ends sessions of servers that have fallen silent, so that nobody waits for them for ever. A
 * session that has received nothing for as long as its connection may take to be made is looked
 * after; one that the server works on is left alone, however long that takes.
 *
 * <p>One thread serves a run. Thread-safe.
 */
final class StallDetector implements Runnable {

    private static final long CHECK_MILLIS = 500;
    private static final ConcurrentMap<String, StallDetector> RUNS = new ConcurrentHashMap<>();

    private final Set<Registration> registrations = ConcurrentHashMap.newKeySet();
    private final CountDownLatch left = new CountDownLatch(1);
    private int members;

    private StallDetector() {}

    /** A wait for one session's answers. */
    private static final class Wait {
        private final SourceSession session;
        private volatile long received;
        private volatile long since = System.nanoTime();
        private volatile boolean answered;
        private volatile boolean lookedAfter;

        Wait(SourceSession session) {
            this.session = session;
            this.received = session.received();
        }

        /** Whether nothing has come for that long. */
        boolean isSilentFor(Duration patience) {
            long now = session.received();
            if (now != received) {
                received = now;
                since = System.nanoTime();
                answered = false;
            }
            return System.nanoTime() - since >= patience.toNanos();
        }
    }

    /** One mapping's place. Its owner is one thread. */
    final class Registration implements AutoCloseable {
        private final String run;
        private final Duration silenceTimeout;
        private final LivenessProbe liveness;
        private final Consumer<SourceSession> abort;
        private volatile Wait waiting;
        private volatile String verdict = "";

        private Registration(String run, ConnectionSpec connection, Consumer<SourceSession> abort) {
            this.run = run;
            this.abort = abort;
            this.silenceTimeout = connection.timeout();
            this.liveness = new LivenessProbe(connection);
        }

        /** From here on the server owes this session an answer. */
        void begin(SourceSession session) {
            waiting = new Wait(session);
        }

        /** The server owes nothing. */
        void end() {
            waiting = null;
        }

        /** Why the session was ended from here; empty: it was not. Told once. */
        String takeVerdict() {
            String told = verdict;
            verdict = "";
            return told;
        }

        private void check() {
            Wait wait = waiting;
            if (wait != null && !wait.lookedAfter && wait.isSilentFor(silenceTimeout)) {
                wait.lookedAfter = true;
                // in a thread of its own: the question may take as long as the silence
                start(() -> probe(wait), "look after a source");
            }
        }

        private void probe(Wait wait) {
            try {
                boolean answered = liveness.probe(wait.session) == LivenessProbe.Verdict.ANSWERED;
                if (answered && wait.answered) {
                    throw new SQLException("the server's answer has got lost on its way");
                }
                wait.answered = answered;
            } catch (SQLException silence) {
                if (waiting == wait && wait.isSilentFor(silenceTimeout)) {
                    verdict =
                            "no answer for %d s; asked again over another connection: %s"
                                    .formatted(
                                            TimeUnit.NANOSECONDS.toSeconds(
                                                    System.nanoTime() - wait.since),
                                            silence.getMessage());
                    abort.accept(wait.session);
                }
            } finally {
                wait.since = System.nanoTime();
                wait.lookedAfter = false;
            }
        }

        @Override
        public void close() {
            end();
            registrations.remove(this);
            leave(run);
        }
    }

    /**
     * Joins the watch of a run.
     *
     * @param abort ends a session, if it is still the one that is waited for; from any thread
     */
    static Registration join(String run, ConnectionSpec connection, Consumer<SourceSession> abort) {
        StallDetector watch =
                RUNS.compute(
                        run,
                        (unused, known) -> {
                            StallDetector joined = known == null ? new StallDetector() : known;
                            if (joined.members++ == 0) {
                                start(joined, "watch sources");
                            }
                            return joined;
                        });
        Registration place = watch.new Registration(run, connection, abort);
        watch.registrations.add(place);
        return place;
    }

    private void leave(String run) {
        RUNS.computeIfPresent(
                run,
                (unused, watch) -> {
                    if (--watch.members > 0) {
                        return watch;
                    }
                    watch.left.countDown();
                    return null;
                });
    }

    @Override
    public void run() {
        try {
            while (!left.await(CHECK_MILLIS, TimeUnit.MILLISECONDS)) {
                registrations.forEach(Registration::check);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void start(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
