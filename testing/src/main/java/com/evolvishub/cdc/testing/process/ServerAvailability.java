package com.evolvishub.cdc.testing.process;

import org.junit.jupiter.api.Assumptions;

/** What becomes of tests on a machine that has no server. */
public final class ServerAvailability {
    private ServerAvailability() {}

    /**
     * Skips the tests with the reason when the server cannot be had, or fails them if it must be.
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
