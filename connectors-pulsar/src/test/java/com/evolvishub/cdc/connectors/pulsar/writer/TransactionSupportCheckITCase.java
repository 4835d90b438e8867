package com.evolvishub.cdc.connectors.pulsar.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.connectors.pulsar.PulsarTestTopic;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.RowsLostException;
import com.evolvishub.cdc.sink.progress.Progress;
import com.evolvishub.cdc.sink.progress.SequenceHistory;
import com.evolvishub.cdc.testing.pulsar.PulsarServer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The preflight checks for {@code delivery: transactional}. */
@Timeout(300)
class TransactionSupportCheckITCase {

    /** With default settings: without a transaction coordinator. */
    @RegisterExtension static final PulsarServer PULSAR = PulsarServer.shared();

    @Test
    void reportsAClusterWithoutTransactions() throws Exception {
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
    void doesNotRecreateATopicThatRowsWereDeliveredTo() throws Exception {
        PulsarTestTopic topic = PulsarTestTopic.on(PULSAR);
        TestPipeline testPipeline = topic.testPipeline().with(DeliveryMode.TRANSACTIONAL);
        try (PulsarDestinationClient client = topic.client(testPipeline)) {
            client.expectProgress(new Progress(3, SequenceHistory.UNKNOWN, "", client.targetId()));
            assertThatThrownBy(() -> client.prepare(PulsarTestTopic.SCHEMA))
                    .isInstanceOf(RowsLostException.class)
                    .hasMessageContaining("lost rows 1 to 3: topic");
        }
    }

    private static List<String> problems(DeliveryMode mode) throws Exception {
        PulsarTestTopic topic = PulsarTestTopic.on(PULSAR);
        try (PulsarDestinationClient client = topic.client(topic.testPipeline().with(mode))) {
            return client.check(PulsarTestTopic.SCHEMA);
        }
    }
}
