package com.evolvishub.cdc.job.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs({OS.LINUX, OS.MAC})
class SignalsTest {

    private final List<String> heard = new CopyOnWriteArrayList<>();

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void areGivenBackToWhoHadThemBefore(String signal) throws Exception {
        Signals outer = Signals.onStop(() -> heard.add("outer"));
        try {
            Signals inner = Signals.onStop(() -> heard.add("inner"));
            send(signal);
            await().untilAsserted(() -> assertThat(heard).containsExactly("inner"));

            inner.close();
            send(signal);
            await().untilAsserted(() -> assertThat(heard).containsExactly("inner", "outer"));
        } finally {
            outer.close();
        }
    }

    private static void send(String signal) throws Exception {
        long self = ProcessHandle.current().pid();
        assertThat(new ProcessBuilder("kill", "-" + signal, "" + self).start().waitFor()).isZero();
    }
}
