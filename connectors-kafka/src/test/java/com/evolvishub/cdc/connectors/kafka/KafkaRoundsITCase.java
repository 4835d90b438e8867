package com.evolvishub.cdc.connectors.kafka;

import com.evolvishub.cdc.delivery.DestinationContract;
import com.evolvishub.cdc.delivery.DestinationRounds;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import com.evolvishub.cdc.servers.kafka.KafkaServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

class KafkaRoundsITCase extends DestinationRounds {

    @RegisterExtension static final KafkaServer KAFKA = KafkaServer.shared();

    private Topic topic;

    @BeforeEach
    void freshTopic() throws Exception {
        topic = Topic.fresh(KAFKA.bootstrapServers());
        topic.create(2, Map.of());
        // other tests have lanes of the same name
        Topic.forget(KAFKA.bootstrapServers(), "file/orders");
    }

    @Override
    protected EndpointSpec endpoint() {
        // what is not answered is tried again
        return topic.givingUpAfter(10).endpoint();
    }

    @Override
    protected DestinationContract.Restore copy() {
        return KafkaCopy.of(KAFKA);
    }

    @Override
    protected List<String> contents() {
        return topic.records().stream()
                .map(each -> KafkaBusClientITCase.line(each.value()))
                .toList();
    }
}
