package com.evolvishub.cdc.job.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs({OS.LINUX, OS.MAC})
class StopSignalsTest {

    private final List<String> received = new CopyOnWriteArrayList<>();

    @Test
    void restoresThePreviousHandlers() throws Exception {
        StopSignals outer = StopSignals.onStop(() -> received.add("outer"));
        try {
            StopSignals inner = StopSignals.onStop(() -> received.add("inner"));
            terminate();
            await().untilAsserted(() -> assertThat(received).containsExactly("inner"));

            inner.close();
            terminate();
            await().untilAsserted(() -> assertThat(received).containsExactly("inner", "outer"));
        } finally {
            outer.close();
        }
    }

    /** Not with SIGINT: background processes are started with SIGINT ignored. */
    private static void terminate() throws Exception {
        String self = Long.toString(ProcessHandle.current().pid());
        assertThat(new ProcessBuilder("kill", "-TERM", self).start().waitFor()).isZero();
    }
}
