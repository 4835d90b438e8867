package com.evolvishub.cdc.testing.await;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * How tests wait on conditions that say nothing else: they look at once, then after pauses that
 * grow with the wait up to {@link #LONGEST_PAUSE}, and give up after {@link #TIMEOUT}. JUnit finds
 * it as a service. It is no extension: looking for these would also find one of Flink's test jars
 * that does not load without the rest of them.
 */
public final class AwaitDefaults implements LauncherSessionListener {

    /** For what takes milliseconds on an idle machine, and may take a thousand times that. */
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);
    private static final double FIRST_MILLIS = 2;

    /** Each pause is this much longer than the one before, so about a fifth of the wait so far. */
    private static final double GROWTH = 1.2;

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Awaitility.setDefaultTimeout(TIMEOUT);
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval((looks, previous) -> pauseAfter(looks));
    }

    /**
     * A look may open a connection, which takes a tenth of a second on a busy machine: tests that
     * wait for each other's processes would take the machine from them.
     */
    static Duration pauseAfter(int looks) {
        double millis = FIRST_MILLIS * Math.pow(GROWTH, looks);
        return Duration.ofMillis((long) Math.min(millis, LONGEST_PAUSE.toMillis()));
    }
}
