package com.evolvishub.cdc.connectors.pulsar.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.connectors.pulsar.PulsarTestTopic;
import com.evolvishub.cdc.planner.spec.BadRowPolicy;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.failure.FailureKind;
import com.evolvishub.cdc.sink.failure.RowRejectedException;
import com.evolvishub.cdc.testing.pulsar.PulsarServer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.PulsarClientException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class PulsarMessagesITCase {

    private static final String TOPICS = "/admin/v2/persistent/public/default/";

    @RegisterExtension static final PulsarServer PULSAR = PulsarServer.shared();

    private final PulsarTestTopic topic = PulsarTestTopic.on(PULSAR);

    @Test
    void writesKeyPayloadAndProperties() throws Exception {
        try (PulsarDestinationClient client = topic.client()) {
            client.open(PulsarTestTopic.writerIdentity("a"));
            client.prepare(PulsarTestTopic.SCHEMA);
            client.write(
                    List.of(
                            PulsarTestTopic.row(7),
                            TestPipeline.row(Operation.DELETE, PulsarTestTopic.SCHEMA, "7")
                                    .withSequence(8)));
        }

        List<Message<byte[]>> messages = topic.messages();
        Message<byte[]> upsert = messages.get(0);
        assertThat(upsert.getKeyBytes()).asString().isEqualTo("{\"id\":7}");
        assertThat(upsert.getKey()).isEqualTo("{\"id\":7}");
        assertThat(upsert.getValue()).asString().isEqualTo("{\"id\":7,\"name\":\"row 7\"}");
        assertThat(upsert.getProperties())
                .containsEntry("op", "u")
                .containsEntry("mapping", "orders")
                .containsEntry("event_id", "file/orders:0000000000000000007");
        Message<byte[]> delete = messages.get(1);
        assertThat(delete.getKey()).isEqualTo("{\"id\":7}");
        assertThat(delete.getValue()).isEmpty();
        assertThat(delete.getProperties()).containsEntry("op", "d");
    }

    @Test
    void keepsTheOrderOfAKeyInOnePartitionAndUsesAllPartitions() throws Exception {
        topic.partitioned(3);
        try (PulsarDestinationClient client = topic.with("compression_type", "ZSTD").client()) {
            client.open(PulsarTestTopic.writerIdentity("a"));
            client.prepare(PulsarTestTopic.SCHEMA);
            client.write(PulsarTestTopic.rows(1, 1000));
            client.write(PulsarTestTopic.rows(1001, 2000));
        }

        Map<String, Long> last = new HashMap<>();
        Map<String, String> partitions = new HashMap<>();
        for (Message<byte[]> message : topic.messages()) {
            assertThat(message.getSequenceId())
                    .isGreaterThan(last.getOrDefault(message.getKey(), 0L));
            last.put(message.getKey(), message.getSequenceId());
            assertThat(partitions.computeIfAbsent(message.getKey(), key -> message.getTopicName()))
                    .isEqualTo(message.getTopicName());
        }
        assertThat(partitions.values()).contains(partition(0), partition(1), partition(2));
        try (PulsarDestinationClient next = topic.client()) {
            assertThat(next.open(PulsarTestTopic.writerIdentity("b")).lastSequence())
                    .isEqualTo(2000);
        }
    }

    private String partition(int index) {
        return "persistent://public/default/" + topic.name() + "-partition-" + index;
    }

    @Test
    void fillsOnlyTheGapsOfAnInterruptedBatch() throws Exception {
        topic.partitioned(2);
        try (PulsarDestinationClient client = topic.client()) {
            client.open(PulsarTestTopic.writerIdentity("a"));
            client.prepare(PulsarTestTopic.SCHEMA);
            client.write(PulsarTestTopic.rows(1, 10));
            // as if the connection to one of two partitions broke between 11 and 30
            client.write(
                    PulsarTestTopic.rows(11, 30).stream()
                            .filter(row -> !partitionOf(row).equals("1") || row.sequence() < 15)
                            .toList());
        }
        try (PulsarDestinationClient next = topic.client()) {
            long last = next.open(PulsarTestTopic.writerIdentity("b")).lastSequence();
            assertThat(last).isBetween(14L, 29L);
            next.prepare(PulsarTestTopic.SCHEMA);
            next.write(PulsarTestTopic.rows(last + 1, 40));
        }

        assertThat(topic.sequences())
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(
                        PulsarTestTopic.rows(1, 40).stream().map(ChangeRow::sequence).toList());
        try (PulsarDestinationClient last = topic.client()) {
            assertThat(last.open(PulsarTestTopic.writerIdentity("c")).lastSequence()).isEqualTo(40);
        }
    }

    private static String partitionOf(ChangeRow row) {
        String key = "{\"id\":%d}".formatted(row.sequence() % 100);
        return Integer.toString((key.hashCode() & Integer.MAX_VALUE) % 2);
    }

    @Test
    void detectsAnOldStateByADifferentRowWithTheSameSequenceNumber() throws Exception {
        topic.partitioned(2);
        try (PulsarDestinationClient client = topic.client()) {
            client.open(PulsarTestTopic.writerIdentity("a"));
            client.prepare(PulsarTestTopic.SCHEMA);
            // as an interrupted batch leaves it
            client.write(List.of(PulsarTestTopic.row(1), PulsarTestTopic.row(3)));
        }
        try (PulsarDestinationClient next = topic.client()) {
            assertThat(next.open(PulsarTestTopic.writerIdentity("b")).lastSequence()).isEqualTo(1);
            next.prepare(PulsarTestTopic.SCHEMA);
            ChangeRow other =
                    TestPipeline.row(PulsarTestTopic.SCHEMA, "99", "another row").withSequence(3);
            assertThatThrownBy(() -> next.write(List.of(PulsarTestTopic.row(2), other)))
                    .isInstanceOf(DestinationException.class)
                    .hasMessageContaining("holds another row under number 3")
                    .hasMessageContaining("--reset orders");
        }
    }

    @Test
    void findsTheLastSequenceNumberAfterTheTopicsWereUnloaded() throws Exception {
        try (PulsarDestinationClient client = topic.client()) {
            client.open(PulsarTestTopic.writerIdentity("a"));
            client.prepare(PulsarTestTopic.SCHEMA);
            client.write(PulsarTestTopic.rows(1, 25_000));
            client.write(PulsarTestTopic.rows(25_001, 25_100));
        }
        // as after a restart or hours without a row: consumed messages are released and trimmed
        unload(topic.name());
        PULSAR.admin("POST", TOPICS + topic.name() + "/trim", "");
        for (String name : topic.progressTopics()) {
            unload(name);
        }

        try (PulsarDestinationClient next = topic.client()) {
            assertThat(next.open(PulsarTestTopic.writerIdentity("b")).lastSequence())
                    .isEqualTo(25_100);
        }
    }

    @Test
    void opensAgainAndDuplicatesNothingWhenTheTopicMoves() throws Exception {
        try (PulsarDestinationClient client = topic.client()) {
            client.open(PulsarTestTopic.writerIdentity("a"));
            client.prepare(PulsarTestTopic.SCHEMA);
            client.write(PulsarTestTopic.rows(1, 100));
            unload(topic.name());
            assertThatThrownBy(() -> client.write(PulsarTestTopic.rows(101, 200)))
                    .satisfies(
                            e ->
                                    assertThat(client.classify((Exception) e))
                                            .isEqualTo(FailureKind.TRANSIENT));
        }
        try (PulsarDestinationClient next = topic.client()) {
            long last = next.open(PulsarTestTopic.writerIdentity("a")).lastSequence();
            next.prepare(PulsarTestTopic.SCHEMA);
            next.write(PulsarTestTopic.rows(last + 1, 200));
        }
        assertThat(topic.sequences())
                .containsExactlyElementsOf(
                        PulsarTestTopic.rows(1, 200).stream().map(ChangeRow::sequence).toList());
    }

    private static void unload(String name) {
        PULSAR.admin("PUT", TOPICS + name + "/unload", "");
    }

    @Test
    void reportsSizeAndLimitOfAnOversizedRow() throws Exception {
        try (PulsarDestinationClient client = topic.client()) {
            client.open(PulsarTestTopic.writerIdentity("a"));
            client.prepare(PulsarTestTopic.SCHEMA);
            ChangeRow large =
                    TestPipeline.row(PulsarTestTopic.SCHEMA, "1", "x".repeat(6_000_000))
                            .withSequence(1);
            assertThatThrownBy(() -> client.write(List.of(large)))
                    .isInstanceOf(RowRejectedException.class)
                    .hasMessageMatching(
                            "its message of 6000\\d{3} bytes is above the limit of 5242880"
                                    + " \\(maxMessageSize\\), 6000000 of them in column"
                                    + " \"name\".*");
        }
    }

    @Test
    void skipsARowThatTheTopicsLimitRejects() throws Exception {
        PULSAR.admin("PUT", TOPICS + topic.name(), "");
        PULSAR.admin("POST", TOPICS + topic.name() + "/maxMessageSize", "1000");
        await().until(
                        () -> PULSAR.admin("GET", TOPICS + topic.name() + "/maxMessageSize", ""),
                        "1000"::equals);
        // the policy is known but not applied until the topic is loaded again
        unload(topic.name());
        try (PulsarDestinationClient client = topic.with("batching_enabled", "false").client()) {
            client.open(PulsarTestTopic.writerIdentity("a"));
            client.prepare(PulsarTestTopic.SCHEMA);
            client.write(PulsarTestTopic.rows(1, 1));
            ChangeRow large =
                    TestPipeline.row(PulsarTestTopic.SCHEMA, "2", "x".repeat(2000)).withSequence(2);
            List<ChangeRow> batch = new ArrayList<>(List.of(large));
            batch.addAll(PulsarTestTopic.rows(3, 5));
            assertThatThrownBy(() -> client.write(batch))
                    .isInstanceOf(RowRejectedException.class)
                    .hasMessageContaining("the broker refuses it");
            // as delivery does: the batch is split and the rejected row becomes a dead letter
            client.write(PulsarTestTopic.rows(3, 3));
            client.write(PulsarTestTopic.rows(4, 6));
        }
        assertThat(topic.sequences()).containsExactly(1L, 3L, 4L, 5L, 6L);
    }

    @Test
    void writesADeadLetterOnceAndContinuesAfterIt() throws Exception {
        TestPipeline testPipeline = topic.testPipeline().with(BadRowPolicy.DEAD_LETTER);
        ChangeRow large =
                TestPipeline.row(PulsarTestTopic.SCHEMA, "3", "x".repeat(6_000_000))
                        .withSequence(3);
        try (PulsarDestinationClient client = topic.client(testPipeline)) {
            client.open(PulsarTestTopic.writerIdentity("a"));
            client.prepare(PulsarTestTopic.SCHEMA);
            assertThat(client.supportsDeadLetters()).isTrue();
            client.write(PulsarTestTopic.rows(1, 2));
            client.writeDeadLetter(large, "too large");
        }
        try (PulsarDestinationClient next = topic.client(testPipeline)) {
            assertThat(next.open(PulsarTestTopic.writerIdentity("b")).lastSequence()).isEqualTo(3);
            next.prepare(PulsarTestTopic.SCHEMA);
            next.write(PulsarTestTopic.rows(4, 5));
        }

        assertThat(topic.sequences()).containsExactly(1L, 2L, 4L, 5L);
        List<Message<byte[]>> deadLetters = topic.messages(topic.name() + ".dlq");
        assertThat(deadLetters).hasSize(1);
        assertThat(deadLetters.get(0).getKey()).isEqualTo("{\"id\":3}");
        assertThat(deadLetters.get(0).getProperties())
                .containsEntry("error", "too large")
                .containsEntry("mapping", "orders")
                .containsKeys("time", "left_out_bytes", "event_id");
    }

    @Test
    void rejectsATopicWithOtherProducersUnlessAtLeastOnce() throws Exception {
        try (Producer<byte[]> other =
                topic.plainClient()
                        .newProducer()
                        .topic(topic.name())
                        .producerName("somebody")
                        .create()) {
            try (PulsarDestinationClient client = topic.client()) {
                assertThatThrownBy(() -> client.open(PulsarTestTopic.writerIdentity("a")))
                        .isInstanceOf(DestinationException.class)
                        .hasMessageContaining("is written to by other producers")
                        .hasMessageContaining("delivery: at_least_once");
            }
            try (PulsarDestinationClient client =
                    topic.client(topic.testPipeline().with(DeliveryMode.AT_LEAST_ONCE))) {
                client.open(PulsarTestTopic.writerIdentity("a"));
                client.prepare(PulsarTestTopic.SCHEMA);
                client.write(PulsarTestTopic.rows(1, 10));
            }
            other.send("x".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(topic.messages()).hasSize(11);
    }

    @Test
    void ignoresMessagesThatOthersWroteWhileItWasStopped() throws Exception {
        try (PulsarDestinationClient client = topic.client()) {
            client.open(PulsarTestTopic.writerIdentity("a"));
            client.prepare(PulsarTestTopic.SCHEMA);
            client.write(PulsarTestTopic.rows(1, 10));
        }
        // a closed client gives up its exclusive access in the background
        try (Producer<byte[]> other =
                await().ignoreExceptionsInstanceOf(
                                PulsarClientException.ProducerBusyException.class)
                        .until(
                                topic.plainClient().newProducer().topic(topic.name())::create,
                                Producer::isConnected)) {
            other.send("x".getBytes(StandardCharsets.UTF_8));
        }
        try (PulsarDestinationClient next = topic.client()) {
            assertThat(next.open(PulsarTestTopic.writerIdentity("b")).lastSequence()).isEqualTo(10);
        }
    }

    @Test
    void createsNoTopicIfNotAllowed() throws Exception {
        TestPipeline never = topic.testPipeline().neverCreating();
        try (PulsarDestinationClient client = topic.client(never)) {
            assertThat(client.check(PulsarTestTopic.SCHEMA))
                    .containsExactly(
                            "topic persistent://public/default/%s: not there; create it, or leave"
                                            .formatted(topic.name())
                                    + " out create_table: never");
            assertThat(client.open(PulsarTestTopic.writerIdentity("a")).target().exists())
                    .isFalse();
            assertThatThrownBy(() -> client.prepare(PulsarTestTopic.SCHEMA))
                    .isInstanceOf(DestinationException.class);
        }
        assertThat(PULSAR.admin("GET", "/admin/v2/persistent/public/default", ""))
                .doesNotContain("/" + topic.name() + "\"");
    }

    @Test
    void doesNotSearchAgainForLostRowsItContinuesWithout() throws Exception {
        try (PulsarDestinationClient client = topic.client()) {
            client.open(PulsarTestTopic.writerIdentity("a"));
            client.prepare(PulsarTestTopic.SCHEMA);
            client.write(PulsarTestTopic.rows(1, 3));
            // 4 to 6 are lost, and the user continues without them
            client.write(PulsarTestTopic.rows(7, 8));
        }
        try (PulsarDestinationClient client = topic.client()) {
            assertThat(client.open(PulsarTestTopic.writerIdentity("b")).lastSequence())
                    .isEqualTo(8);
        }
        assertThat(topic.sequences()).containsExactly(1L, 2L, 3L, 7L, 8L);
    }
}
