package com.evolvishub.cdc.connectors.kafka;

import com.evolvishub.cdc.delivery.DestinationContract;
import com.evolvishub.cdc.delivery.DestinationRounds;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class KafkaRoundsITCase extends DestinationRounds {

    private static KafkaCopy kafka;

    private Topic topic;

    @BeforeAll
    static void start() throws IOException {
        kafka = KafkaCopy.start();
    }

    @AfterAll
    static void stop() throws IOException {
        if (kafka != null) {
            kafka.close();
        }
    }

    @BeforeEach
    void freshTopic() throws Exception {
        topic = Topic.fresh(kafka.bootstrapServers());
        topic.create(2, Map.of());
    }

    @Override
    protected EndpointSpec endpoint() {
        return topic.endpoint();
    }

    @Override
    protected DestinationContract.Restore copy() {
        return kafka.copy();
    }

    @Override
    protected List<String> contents() {
        return topic.records().stream()
                .map(each -> KafkaBusClientITCase.line(each.value()))
                .toList();
    }
}
