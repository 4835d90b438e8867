package com.evolvishub.cdc.connectors.kafka.writer;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.connectors.kafka.KafkaTestTopic;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.testing.kafka.KafkaServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The preflight checks for {@code delivery: transactional}. */
@Timeout(120)
class KafkaTransactionalSinkFactoryITCase {

    @RegisterExtension static final KafkaServer KAFKA = KafkaServer.shared();

    @Test
    void rejectsATransactionTimeoutAboveTheBrokersLimit() throws Exception {
        KafkaTestTopic topic =
                KafkaTestTopic.fresh(KAFKA.bootstrapServers())
                        .with("transaction_timeout_seconds", "3600");

        try (KafkaDestinationClient client =
                KafkaTestTopic.client(topic.testPipeline().with(DeliveryMode.TRANSACTIONAL))) {
            assertThat(client.check(TestPipeline.KEYED))
                    .containsExactly(
                            "transaction_timeout_seconds: 3600 s are more than the 900 s of the"
                                    + " broker's transaction.max.timeout.ms; make it less, or have"
                                    + " the broker's limit raised");
        }
    }
}
