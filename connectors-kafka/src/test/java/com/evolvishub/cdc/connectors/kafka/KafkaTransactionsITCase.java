package com.evolvishub.cdc.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.servers.kafka.KafkaServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code validate} says to {@code delivery: transactional}. */
@Timeout(120)
class KafkaTransactionsITCase {

    @RegisterExtension static final KafkaServer KAFKA = KafkaServer.shared();

    @Test
    void holdsTheTimeoutAgainstTheBrokersLimit() throws Exception {
        Topic topic =
                Topic.fresh(KAFKA.bootstrapServers()).with("transaction_timeout_seconds", "3600");

        try (KafkaBusClient client = Topic.client(topic.lane().with(DeliveryMode.TRANSACTIONAL))) {
            assertThat(client.check(TestLane.KEYED))
                    .containsExactly(
                            "transaction_timeout_seconds: 3600 s are more than the 900 s of the"
                                    + " broker's transaction.max.timeout.ms; make it less, or have"
                                    + " the broker's limit raised");
        }
    }
}
