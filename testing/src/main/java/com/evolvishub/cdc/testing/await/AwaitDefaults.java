package com.evolvishub.cdc.testing.await;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Defaults of Awaitility for all tests: the first check is immediate, the pauses between checks
 * grow up to {@link #LONGEST_PAUSE}, and the wait fails after {@link #TIMEOUT}. JUnit loads the
 * class as a service. It is not a JUnit extension, because automatic detection of extensions would
 * also find one in Flink's test jars that does not load without the other jars.
 */
public final class AwaitDefaults implements LauncherSessionListener {

    /**
     * What takes milliseconds on an idle machine may take a thousand times longer on a busy one.
     */
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);
    private static final double FIRST_MILLIS = 2;

    /** The factor between two pauses: a pause is about a fifth of the time waited so far. */
    private static final double GROWTH = 1.2;

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Awaitility.setDefaultTimeout(TIMEOUT);
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval((checks, previous) -> pauseAfter(checks));
    }

    /**
     * Pauses grow because a check may open a connection, which takes a tenth of a second on a busy
     * machine: frequent checks would slow down the processes that the tests wait for.
     */
    static Duration pauseAfter(int checks) {
        double millis = FIRST_MILLIS * Math.pow(GROWTH, checks);
        return Duration.ofMillis((long) Math.min(millis, LONGEST_PAUSE.toMillis()));
    }
}
