package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.delivery.DestinationContract;
import com.evolvishub.cdc.delivery.DestinationRounds;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PulsarRoundsITCase extends DestinationRounds {

    private static PulsarCopy pulsar;

    private final Topic topic = Topic.on(pulsar.server());

    @BeforeAll
    static void start() throws IOException {
        pulsar = PulsarCopy.start();
    }

    @AfterAll
    static void stop() throws IOException {
        if (pulsar != null) {
            pulsar.close();
        }
    }

    @Override
    protected EndpointSpec endpoint() {
        return topic.endpoint();
    }

    @Override
    protected DestinationContract.Restore copy() {
        return pulsar.copy();
    }

    @Override
    protected List<String> contents() throws Exception {
        return topic.messages().stream()
                .map(
                        message ->
                                PulsarClientITCase.line(
                                        new String(message.getValue(), StandardCharsets.UTF_8)))
                .toList();
    }
}
