package com.evolvishub.cdc.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * How tests wait on conditions that say nothing else: they look at once, then after pauses that
 * grow with the wait up to {@link #LONGEST_PAUSE}, and give up after {@link #PATIENCE}. JUnit finds
 * it as a service. It is no extension: looking for these would also find one of Flink's test jars
 * that does not load without the rest of them.
 */
public final class AwaitDefaults implements LauncherSessionListener {

    /** For what takes milliseconds on an idle machine, and may take a thousand times that. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);
    private static final int STEP_MILLIS = 2;

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Awaitility.setDefaultTimeout(PATIENCE);
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval((looks, previous) -> pauseAfter(looks));
    }

    /** A look may open a connection, so a long wait looks less often than a short one. */
    static Duration pauseAfter(int looks) {
        Duration pause = Duration.ofMillis((long) STEP_MILLIS * looks);
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
}
