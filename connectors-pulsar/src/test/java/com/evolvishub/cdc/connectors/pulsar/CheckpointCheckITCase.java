package com.evolvishub.cdc.connectors.pulsar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.delivery.Numbering;
import com.evolvishub.cdc.delivery.Progress;
import com.evolvishub.cdc.delivery.RowsLostException;
import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.servers.pulsar.PulsarServer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code validate} says to {@code delivery: transactional}. */
@Timeout(300)
class CheckpointCheckITCase {

    /** As it comes: without a transaction coordinator. */
    @RegisterExtension static final PulsarServer PULSAR = PulsarServer.shared();

    @Test
    void saysThatTheClusterHasNoTransactions() throws Exception {
        assertThat(problems(DeliveryMode.TRANSACTIONAL))
                .singleElement()
                .asString()
                .startsWith("no transactions at this cluster (")
                .endsWith(
                        "); set transactionCoordinatorEnabled=true at its brokers, or say delivery:"
                                + " exactly_once");
        assertThat(problems(DeliveryMode.EXACTLY_ONCE)).isEmpty();
    }

    @Test
    void doesNotMakeATopicAnewThatRowsWereDeliveredTo() throws Exception {
        Topic topic = Topic.on(PULSAR);
        TestLane lane = topic.lane().with(DeliveryMode.TRANSACTIONAL);
        try (PulsarBusClient client = topic.client(lane)) {
            client.expect(new Progress(3, Numbering.UNKNOWN, "", client.targetIdentity()));
            assertThatThrownBy(() -> client.prepare(Topic.SCHEMA))
                    .isInstanceOf(RowsLostException.class)
                    .hasMessageContaining("lost rows 1 to 3: topic");
        }
    }

    private static List<String> problems(DeliveryMode mode) throws Exception {
        Topic topic = Topic.on(PULSAR);
        try (PulsarBusClient client = topic.client(topic.lane().with(mode))) {
            return client.check(Topic.SCHEMA);
        }
    }
}
