package com.evolvishub.cdc.connectors.kafka;

import com.evolvishub.cdc.connectors.kafka.writer.KafkaDestinationClientITCase;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.sink.contract.DestinationContract;
import com.evolvishub.cdc.sink.contract.DestinationRestoreContract;
import com.evolvishub.cdc.testing.kafka.KafkaServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

class KafkaRestoreITCase extends DestinationRestoreContract {

    @RegisterExtension static final KafkaServer KAFKA = KafkaServer.shared();

    private KafkaTestTopic topic;

    @BeforeEach
    void freshTopic() throws Exception {
        topic = KafkaTestTopic.fresh(KAFKA.bootstrapServers());
        topic.create(2, Map.of());
        // other tests use the same pipeline identity
        KafkaTestTopic.removeProgressRecord(KAFKA.bootstrapServers(), "file/orders");
    }

    @Override
    protected EndpointSpec endpoint() {
        // requests without a response are retried
        return topic.withTimeout(10).endpoint();
    }

    @Override
    protected DestinationContract.Restore copy() {
        return KafkaDiskSnapshot.of(KAFKA);
    }

    @Override
    protected List<String> contents() {
        return topic.records().stream()
                .map(each -> KafkaDestinationClientITCase.line(each.value()))
                .toList();
    }
}
