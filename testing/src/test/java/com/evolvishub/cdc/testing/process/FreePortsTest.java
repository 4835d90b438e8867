package com.evolvishub.cdc.testing.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreePortsTest {

    /** Where Linux begins to hand out ports to clients, which may take any of them at any time. */
    private static final int OF_CLIENTS = 32_768;

    @Test
    void areDifferentAndBelowThoseOfClients() {
        List<Integer> ports = FreePorts.find(50);

        assertThat(ports).doesNotHaveDuplicates().allMatch(port -> port < OF_CLIENTS);
    }

    @Test
    void comeInPairsForThoseWhoListenTwice() throws IOException {
        int port = FreePorts.findWithSecond(10_000);

        assertThat(port + 10_000).isLessThan(OF_CLIENTS);
        try (ServerSocket first = FreePorts.listen(port);
                ServerSocket second = FreePorts.listen(port + 10_000)) {
            assertThat(first.isBound() && second.isBound()).isTrue();
        }
    }

    @Test
    void tellsAPortThatWasTakenFromOtherReasons() throws IOException {
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
