package com.evolvishub.cdc.connectors.kafka.writer;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.connectors.kafka.KafkaTestTopic;
import com.evolvishub.cdc.connectors.kafka.session.KafkaClientSettings;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class KafkaTransactionalSinkFactoryTest {

    @Test
    void transactionTimeoutIsLongerThanForABatch() {
        assertThat(timeout(KafkaTestTopic.fresh("localhost:9092")))
                .isEqualTo(Duration.ofMinutes(10));
        assertThat(
                        timeout(
                                KafkaTestTopic.fresh("localhost:9092")
                                        .with("transaction_timeout_seconds", "77")))
                .isEqualTo(Duration.ofSeconds(77));
    }

    private static Duration timeout(KafkaTestTopic topic) {
        return new KafkaClientSettings(
                        topic.testPipeline().with(DeliveryMode.TRANSACTIONAL).pipeline())
                .transactionTimeout();
    }

    @Test
    void rejectsSettingsThatBreakExactlyOnce() {
        KafkaTestTopic topic = KafkaTestTopic.fresh("localhost:9092").with("acks", "1");

        assertThat(
                        new KafkaClientSettings(
                                        topic.testPipeline()
                                                .with(DeliveryMode.TRANSACTIONAL)
                                                .pipeline())
                                .problems())
                .singleElement()
                .asString()
                .startsWith("acks: found \"1\", which cannot keep exactly once");
    }

    @Test
    void createsASerializableSink() throws Exception {
        var sink =
                new KafkaTransactionalSinkFactory(
                                KafkaTestTopic.fresh("localhost:9092").testPipeline().pipeline())
                        .create(RestoreMode.RESUME);

        assertThat(org.apache.flink.util.InstantiationUtil.serializeObject(sink)).isNotEmpty();
    }
}
