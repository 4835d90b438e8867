package com.evolvishub.cdc.testing.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreePortsTest {

    /** The first ephemeral port of Linux, which gives such ports to client connections. */
    private static final int FIRST_EPHEMERAL = 32_768;

    @Test
    void areDifferentAndBelowTheEphemeralPorts() {
        List<Integer> ports = FreePorts.find(50);

        assertThat(ports).doesNotHaveDuplicates().allMatch(port -> port < FIRST_EPHEMERAL);
    }

    @Test
    void findsAPortWhoseSecondPortIsFreeToo() throws IOException {
        int port = FreePorts.findWithSecond(10_000);

        assertThat(port + 10_000).isLessThan(FIRST_EPHEMERAL);
        try (ServerSocket first = FreePorts.listen(port);
                ServerSocket second = FreePorts.listen(port + 10_000)) {
            assertThat(first.isBound() && second.isBound()).isTrue();
        }
    }

    @Test
    void distinguishesATakenPortFromOtherFailures() throws IOException {
        try (ServerSocket taken = FreePorts.listen(FreePorts.find())) {
            IOException failure =
                    catchThrowableOfType(
                            IOException.class, () -> FreePorts.listen(taken.getLocalPort()));

            assertThat(FreePorts.wereTaken(failure)).isTrue();
        }
        assertThat(FreePorts.wereTaken(new IOException("no space left on device"))).isFalse();
        assertThat(FreePorts.wereTaken(new IOException())).isFalse();
    }
}
