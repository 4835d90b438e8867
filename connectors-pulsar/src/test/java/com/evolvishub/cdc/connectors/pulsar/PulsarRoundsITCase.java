package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.delivery.DestinationContract;
import com.evolvishub.cdc.delivery.DestinationRounds;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import com.evolvishub.cdc.servers.pulsar.PulsarServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;

class PulsarRoundsITCase extends DestinationRounds {

    @RegisterExtension static final PulsarServer PULSAR = PulsarServer.shared();

    private final Topic topic = Topic.on(PULSAR);

    @Override
    protected EndpointSpec endpoint() {
        // what is not answered is tried again
        return topic.endpoint(Duration.ofSeconds(20));
    }

    @Override
    protected DestinationContract.Restore copy() {
        return PulsarCopy.of(PULSAR);
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
