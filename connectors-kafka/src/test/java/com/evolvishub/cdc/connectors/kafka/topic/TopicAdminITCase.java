package com.evolvishub.cdc.connectors.kafka.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.connectors.kafka.KafkaTestTopic;
import com.evolvishub.cdc.connectors.kafka.WriterLoop;
import com.evolvishub.cdc.connectors.kafka.progress.KafkaProgressStore;
import com.evolvishub.cdc.connectors.kafka.writer.KafkaDestinationClient;
import com.evolvishub.cdc.connectors.kafka.writer.PartitionCountMonitor;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.sink.contract.LogCapture;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.testing.kafka.KafkaServer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Reports about topics that may lose rows, reject rows, or change. */
@Timeout(120)
class TopicAdminITCase {

    @RegisterExtension static final KafkaServer KAFKA = KafkaServer.shared();

    private KafkaTestTopic topic;

    @BeforeEach
    void freshTopic() {
        topic = KafkaTestTopic.fresh(KAFKA.bootstrapServers());
    }

    @Test
    void createsAProgressTopicWithoutUncleanLeaderElection() throws Exception {
        try (KafkaDestinationClient client = topic.client()) {
            client.open(KafkaTestTopic.writerIdentity("file/" + topic.name(), "a"));
        }
        try (Admin admin = KafkaTestTopic.admin(topic.servers())) {
            ConfigResource progressTopic =
                    new ConfigResource(ConfigResource.Type.TOPIC, KafkaProgressStore.TOPIC);
            Config config =
                    admin.describeConfigs(List.of(progressTopic)).values().get(progressTopic).get();
            assertThat(config.get("unclean.leader.election.enable").value()).isEqualTo("false");
            assertThat(config.get("min.insync.replicas").value()).isEqualTo("1");
        }
    }

    /** The controller responds before the broker knows the topic. */
    @Test
    void knowsTheIdentityOfATopicRightAfterCreation() throws Exception {
        for (int round = 0; round < 20; round++) {
            KafkaTestTopic fresh = KafkaTestTopic.fresh(KAFKA.bootstrapServers());
            try (KafkaDestinationClient client = KafkaTestTopic.client(fresh.testPipeline())) {
                client.open(KafkaTestTopic.writerIdentity("file/" + fresh.name(), "a"));
                client.prepare(TestPipeline.KEYED);
                assertThat(client.targetId()).isNotEmpty();
            }
        }
    }

    @Test
    void requiresUpToThreeReplicasDependingOnTheBrokers() {
        assertThat(TopicDurabilityCheck.replicas(1)).isEqualTo((short) 1);
        assertThat(TopicDurabilityCheck.replicas(2)).isEqualTo((short) 2);
        assertThat(TopicDurabilityCheck.replicas(7)).isEqualTo((short) 3);
        assertThat(KafkaProgressStore.topic((short) 3).replicationFactor()).isEqualTo((short) 3);
        assertThat(KafkaProgressStore.topic((short) 3).configs())
                .containsEntry("min.insync.replicas", "2")
                .containsEntry("unclean.leader.election.enable", "false")
                .containsEntry("cleanup.policy", "compact");
    }

    @Test
    void reportsThatATopicMayLoseAcknowledgedRows() throws Exception {
        topic.create(1, Map.of("unclean.leader.election.enable", "true"));
        String risk =
                "topic %1$s: unclean.leader.election.enable is true, so that a broker which lacks acknowledged messages may become leader; then rows that were delivered are gone. Change it: kafka-configs --alter --entity-type topics --entity-name %1$s --add-config unclean.leader.election.enable=false"
                        .formatted(topic.name());
        try (KafkaDestinationClient client = topic.client();
                LogCapture log = LogCapture.of(TopicDurabilityCheck.class)) {
            assertThat(client.notes(TestPipeline.KEYED)).containsExactly(risk);
            client.open(KafkaTestTopic.writerIdentity("file/" + topic.name(), "a"));
            assertThat(log.lines()).containsExactly("WARN orders: " + risk);
        }
    }

    @Test
    void rejectsACompactedTopicForRowsWithoutAKey() throws Exception {
        topic.create(1, Map.of("cleanup.policy", "delete,compact"));
        String problem =
                "topic %1$s: cleanup.policy is compact, so that it takes no message without a key, and rows of this mapping have none; name the columns that tell rows apart (key: [..]), or have the topic keep all messages. Change it: kafka-configs --alter --entity-type topics --entity-name %1$s --add-config cleanup.policy=delete"
                        .formatted(topic.name());
        try (KafkaDestinationClient client = topic.client()) {
            assertThat(client.check(TestPipeline.KEYLESS)).containsExactly(problem);
            assertThat(client.check(TestPipeline.KEYED)).isEmpty();
            client.open(KafkaTestTopic.writerIdentity("file/" + topic.name(), "a"));
            assertThatThrownBy(() -> client.prepare(TestPipeline.KEYLESS))
                    .isInstanceOf(DestinationException.class)
                    .hasMessage(problem);
        }
        try (KafkaDestinationClient client = topic.with("key_field", "name").client()) {
            assertThat(client.check(TestPipeline.KEYLESS)).isEmpty();
        }
        try (KafkaDestinationClient client = KafkaTestTopic.client(topic.testPipeline().byDiff())) {
            // these rows have a generated row id as their key
            assertThat(client.check(TestPipeline.KEYLESS)).isEmpty();
        }
    }

    @Test
    void warnsWhenPartitionsAreAddedWhileItWrites() throws Exception {
        topic.create(1, Map.of());
        for (DeliveryMode mode : List.of(DeliveryMode.EXACTLY_ONCE, DeliveryMode.AT_LEAST_ONCE)) {
            TestPipeline testPipeline =
                    topic.withParameter("metadata.max.age.ms", "50").testPipeline().with(mode);
            try (KafkaDestinationClient client = KafkaTestTopic.client(testPipeline);
                    LogCapture log = LogCapture.of(PartitionCountMonitor.class);
                    Admin admin = KafkaTestTopic.admin(topic.servers())) {
                client.open(KafkaTestTopic.writerIdentity("file/" + topic.name() + mode, "a"));
                client.prepare(TestPipeline.KEYED);
                client.write(WriterLoop.rows(1, 3));
                int before =
                        admin.describeTopics(List.of(topic.name()))
                                .topicNameValues()
                                .get(topic.name())
                                .get()
                                .partitions()
                                .size();
                admin.createPartitions(Map.of(topic.name(), NewPartitions.increaseTo(before + 1)))
                        .all()
                        .get();
                AtomicInteger next = new AtomicInteger(4);
                await().until(
                                () -> {
                                    int row = next.getAndIncrement();
                                    client.write(WriterLoop.rows(row, row));
                                    return !log.lines().isEmpty();
                                });
                assertThat(log.lines())
                        .singleElement()
                        .asString()
                        .startsWith(
                                "WARN orders: topic %s has %d partitions now, and had %d:"
                                        .formatted(topic.name(), before + 1, before));
            }
        }
    }
}
