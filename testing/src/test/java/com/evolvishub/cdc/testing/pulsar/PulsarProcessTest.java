package com.evolvishub.cdc.testing.pulsar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PulsarProcessTest {
    private static final String CHANGE =
            "16857 [pulsar-registration-client-26-1] WARN"
                    + " org.apache.bookkeeper.client.TopologyAwareEnsemblePlacementPolicy - Failed to"
                    + " resolve network location for 127.0.0.1, using default rack for it";

    @TempDir private Path directory;

    @Test
    void detectsABrokerWhoseBookieRegistersItselfInALoop() throws IOException {
        Path log = directory.resolve("server.log");
        Files.write(log, Collections.nCopies(4, CHANGE));
        assertThat(PulsarProcess.registersInALoop(log)).isFalse();

        Files.write(log, Collections.nCopies(100, CHANGE));
        assertThat(PulsarProcess.registersInALoop(log)).isTrue();
    }
}
