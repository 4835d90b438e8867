package com.evolvishub.cdc.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.flow.Resumption;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class KafkaTransactionsTest {

    @Test
    void keepsATransactionOpenForLongerThanABatch() {
        assertThat(timeout(Topic.fresh("localhost:9092"))).isEqualTo(Duration.ofMinutes(10));
        assertThat(timeout(Topic.fresh("localhost:9092").with("transaction_timeout_seconds", "77")))
                .isEqualTo(Duration.ofSeconds(77));
    }

    private static Duration timeout(Topic topic) {
        return new ClientSettings(topic.lane().with(DeliveryMode.TRANSACTIONAL).pipeline())
                .transactionTimeout();
    }

    @Test
    void refusesWhatCannotKeepTheGuarantee() {
        Topic topic = Topic.fresh("localhost:9092").with("acks", "1");

        assertThat(
                        new ClientSettings(topic.lane().with(DeliveryMode.TRANSACTIONAL).pipeline())
                                .problems())
                .singleElement()
                .asString()
                .startsWith("acks: found \"1\", which cannot keep exactly once");
    }

    @Test
    void makesASinkThatTravelsWithTheJob() throws Exception {
        var sink =
                new KafkaTransactions(Topic.fresh("localhost:9092").lane().pipeline())
                        .build(Resumption.GO_ON);

        assertThat(org.apache.flink.util.InstantiationUtil.serializeObject(sink)).isNotEmpty();
    }
}
