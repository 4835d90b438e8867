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
 * Aborts sessions of servers that no longer respond, so that polls do not wait forever. A session
 * that has received nothing for as long as its connection timeout is probed; a session on which the
 * server still works is left alone, however long that takes.
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

    /** A wait for responses of one session. */
    private static final class Wait {
        private final SourceSession session;
        private volatile long received;
        private volatile long since = System.nanoTime();
        private volatile boolean answered;
        private volatile boolean probing;

        Wait(SourceSession session) {
            this.session = session;
            this.received = session.received();
        }

        /** Whether nothing was received for the timeout. */
        boolean isUnresponsiveFor(Duration timeout) {
            long now = session.received();
            if (now != received) {
                received = now;
                since = System.nanoTime();
                answered = false;
            }
            return System.nanoTime() - since >= timeout.toNanos();
        }
    }

    /** A mapping's registration. Used by one thread. */
    final class Registration implements AutoCloseable {
        private final String run;
        private final Duration responseTimeout;
        private final LivenessProbe livenessProbe;
        private final Consumer<SourceSession> abort;
        private volatile Wait waiting;
        private volatile String verdict = "";

        private Registration(String run, ConnectionSpec connection, Consumer<SourceSession> abort) {
            this.run = run;
            this.abort = abort;
            this.responseTimeout = connection.timeout();
            this.livenessProbe = new LivenessProbe(connection);
        }

        /** From here on a response of the server is expected. */
        void begin(SourceSession session) {
            waiting = new Wait(session);
        }

        /** No response is expected any more. */
        void end() {
            waiting = null;
        }

        /** Returns once why this class aborted the session; empty: it did not. */
        String takeVerdict() {
            String result = verdict;
            verdict = "";
            return result;
        }

        private void check() {
            Wait wait = waiting;
            if (wait != null && !wait.probing && wait.isUnresponsiveFor(responseTimeout)) {
                wait.probing = true;
                // in its own thread: the probe may take as long as the timeout
                start(() -> probe(wait), "look after a source");
            }
        }

        private void probe(Wait wait) {
            try {
                boolean answered =
                        livenessProbe.probe(wait.session) == LivenessProbe.Verdict.ANSWERED;
                if (answered && wait.answered) {
                    throw new SQLException("the server's answer has got lost on its way");
                }
                wait.answered = answered;
            } catch (SQLException failure) {
                if (waiting == wait && wait.isUnresponsiveFor(responseTimeout)) {
                    verdict =
                            "no answer for %d s; asked again over another connection: %s"
                                    .formatted(
                                            TimeUnit.NANOSECONDS.toSeconds(
                                                    System.nanoTime() - wait.since),
                                            failure.getMessage());
                    abort.accept(wait.session);
                }
            } finally {
                wait.since = System.nanoTime();
                wait.probing = false;
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
     * Registers a mapping at the detector of its run.
     *
     * @param abort aborts a session if it is still the one waited for; called from any thread
     */
    static Registration join(String run, ConnectionSpec connection, Consumer<SourceSession> abort) {
        StallDetector detector =
                RUNS.compute(
                        run,
                        (unused, known) -> {
                            StallDetector joined = known == null ? new StallDetector() : known;
                            if (joined.members++ == 0) {
                                start(joined, "watch sources");
                            }
                            return joined;
                        });
        Registration registration = detector.new Registration(run, connection, abort);
        detector.registrations.add(registration);
        return registration;
    }

    private void leave(String run) {
        RUNS.computeIfPresent(
                run,
                (unused, detector) -> {
                    if (--detector.members > 0) {
                        return detector;
                    }
                    detector.left.countDown();
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
