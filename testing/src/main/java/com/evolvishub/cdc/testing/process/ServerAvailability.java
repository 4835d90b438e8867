package com.evolvishub.cdc.testing.process;

import org.junit.jupiter.api.Assumptions;

/** Skips or fails tests on a machine that has no server. */
public final class ServerAvailability {
    private ServerAvailability() {}

    /**
     * Starts the server. If it is unavailable, the tests are skipped with the reason, or fail if
     * {@code servers.required} is true.
     */
    public static void require(Runnable start) {
        try {
            start.run();
        } catch (ServerUnavailableException e) {
            if (Boolean.getBoolean("servers.required")) {
                throw e;
            }
            Assumptions.abort(e.getMessage());
        }
    }
}
