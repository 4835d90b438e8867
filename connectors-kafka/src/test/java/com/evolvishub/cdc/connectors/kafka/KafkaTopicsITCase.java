package com.evolvishub.cdc.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.delivery.DestinationException;
import com.evolvishub.cdc.delivery.LogLines;
import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.servers.kafka.KafkaServer;
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

/** What is told about topics that lose rows, take none, or change. */
@Timeout(120)
class KafkaTopicsITCase {

    @RegisterExtension static final KafkaServer KAFKA = KafkaServer.shared();

    private Topic topic;

    @BeforeEach
    void freshTopic() {
        topic = Topic.fresh(KAFKA.bootstrapServers());
    }

    @Test
    void makesALedgerThatNoBrokerWhichLacksSomethingMayLead() throws Exception {
        try (KafkaBusClient client = topic.client()) {
            client.open(Topic.lane("file/" + topic.name(), "a"));
        }
        try (Admin admin = Topic.admin(topic.servers())) {
            ConfigResource ledger = new ConfigResource(ConfigResource.Type.TOPIC, Ledger.TOPIC);
            Config made = admin.describeConfigs(List.of(ledger)).values().get(ledger).get();
            assertThat(made.get("unclean.leader.election.enable").value()).isEqualTo("false");
            assertThat(made.get("min.insync.replicas").value()).isEqualTo("1");
        }
    }

    /** The controller answers before the broker has heard of the topic. */
    @Test
    void aTopicThatWasJustMadeIsKnownByItsIdentity() throws Exception {
        for (int round = 0; round < 20; round++) {
            Topic fresh = Topic.fresh(KAFKA.bootstrapServers());
            try (KafkaBusClient client = Topic.client(fresh.lane())) {
                client.open(Topic.lane("file/" + fresh.name(), "a"));
                client.prepare(TestLane.KEYED);
                assertThat(client.targetIdentity()).isNotEmpty();
            }
        }
    }

    @Test
    void wantsThreeReplicasWhereThereAreSoManyBrokers() {
        assertThat(TopicRisks.replicas(1)).isEqualTo((short) 1);
        assertThat(TopicRisks.replicas(2)).isEqualTo((short) 2);
        assertThat(TopicRisks.replicas(7)).isEqualTo((short) 3);
        assertThat(Ledger.topic((short) 3).replicationFactor()).isEqualTo((short) 3);
        assertThat(Ledger.topic((short) 3).configs())
                .containsEntry("min.insync.replicas", "2")
                .containsEntry("unclean.leader.election.enable", "false")
                .containsEntry("cleanup.policy", "compact");
    }

    @Test
    void saysThatATopicMayLoseWhatItAcknowledged() throws Exception {
        topic.create(1, Map.of("unclean.leader.election.enable", "true"));
        String risk =
                "topic %1$s: unclean.leader.election.enable is true, so that a broker which lacks acknowledged messages may become leader; then rows that were delivered are gone. Change it: kafka-configs --alter --entity-type topics --entity-name %1$s --add-config unclean.leader.election.enable=false"
                        .formatted(topic.name());
        try (KafkaBusClient client = topic.client();
                LogLines log = LogLines.of(TopicRisks.class)) {
            assertThat(client.notes(TestLane.KEYED)).containsExactly(risk);
            client.open(Topic.lane("file/" + topic.name(), "a"));
            assertThat(log.lines()).containsExactly("WARN orders: " + risk);
        }
    }

    @Test
    void refusesACompactedTopicForRowsWithoutAKey() throws Exception {
        topic.create(1, Map.of("cleanup.policy", "delete,compact"));
        String problem =
                "topic %1$s: cleanup.policy is compact, so that it takes no message without a key, and rows of this mapping have none; name the columns that tell rows apart (key: [..]), or have the topic keep all messages. Change it: kafka-configs --alter --entity-type topics --entity-name %1$s --add-config cleanup.policy=delete"
                        .formatted(topic.name());
        try (KafkaBusClient client = topic.client()) {
            assertThat(client.check(TestLane.KEYLESS)).containsExactly(problem);
            assertThat(client.check(TestLane.KEYED)).isEmpty();
            client.open(Topic.lane("file/" + topic.name(), "a"));
            assertThatThrownBy(() -> client.prepare(TestLane.KEYLESS))
                    .isInstanceOf(DestinationException.class)
                    .hasMessage(problem);
        }
        try (KafkaBusClient client = topic.with("key_field", "name").client()) {
            assertThat(client.check(TestLane.KEYLESS)).isEmpty();
        }
        try (KafkaBusClient client = Topic.client(topic.lane().byDiff())) {
            // these have an id of ours as their key
            assertThat(client.check(TestLane.KEYLESS)).isEmpty();
        }
    }

    @Test
    void noticesPartitionsThatAreAddedWhileItWrites() throws Exception {
        topic.create(1, Map.of());
        for (DeliveryMode mode : List.of(DeliveryMode.EXACTLY_ONCE, DeliveryMode.AT_LEAST_ONCE)) {
            TestLane lane = topic.withParameter("metadata.max.age.ms", "50").lane().with(mode);
            try (KafkaBusClient client = Topic.client(lane);
                    LogLines log = LogLines.of(PartitionWatch.class);
                    Admin admin = Topic.admin(topic.servers())) {
                client.open(Topic.lane("file/" + topic.name() + mode, "a"));
                client.prepare(TestLane.KEYED);
                client.write(LaneLoop.rows(1, 3));
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
                                    client.write(LaneLoop.rows(row, row));
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
