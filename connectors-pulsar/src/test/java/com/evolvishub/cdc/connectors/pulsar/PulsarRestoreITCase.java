package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.connectors.pulsar.writer.PulsarDestinationClientITCase;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.sink.contract.DestinationContract;
import com.evolvishub.cdc.sink.contract.DestinationRestoreContract;
import com.evolvishub.cdc.testing.pulsar.PulsarServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;

class PulsarRestoreITCase extends DestinationRestoreContract {

    @RegisterExtension static final PulsarServer PULSAR = PulsarServer.shared();

    private final PulsarTestTopic topic = PulsarTestTopic.on(PULSAR);

    @Override
    protected EndpointSpec endpoint() {
        // requests without a response are retried
        return topic.endpoint(Duration.ofSeconds(20));
    }

    @Override
    protected DestinationContract.Restore copy() {
        return PulsarDiskSnapshot.of(PULSAR);
    }

    @Override
    protected List<String> contents() throws Exception {
        return topic.messages().stream()
                .map(
                        message ->
                                PulsarDestinationClientITCase.line(
                                        new String(message.getValue(), StandardCharsets.UTF_8)))
                .toList();
    }
}
