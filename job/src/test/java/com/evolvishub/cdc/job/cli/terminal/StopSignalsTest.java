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

    private final List<String> heard = new CopyOnWriteArrayList<>();

    @Test
    void areGivenBackToWhoHadThemBefore() throws Exception {
        StopSignals outer = StopSignals.onStop(() -> heard.add("outer"));
        try {
            StopSignals inner = StopSignals.onStop(() -> heard.add("inner"));
            terminate();
            await().untilAsserted(() -> assertThat(heard).containsExactly("inner"));

            inner.close();
            terminate();
            await().untilAsserted(() -> assertThat(heard).containsExactly("inner", "outer"));
        } finally {
            outer.close();
        }
    }

    /** Not by INT: a build in the background is started deaf to that one. */
    private static void terminate() throws Exception {
        String self = Long.toString(ProcessHandle.current().pid());
        assertThat(new ProcessBuilder("kill", "-TERM", self).start().waitFor()).isZero();
    }
}
