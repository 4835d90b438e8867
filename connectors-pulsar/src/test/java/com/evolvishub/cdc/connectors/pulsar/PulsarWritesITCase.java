package com.evolvishub.cdc.connectors.pulsar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.delivery.BadRowException;
import com.evolvishub.cdc.delivery.DestinationException;
import com.evolvishub.cdc.delivery.Failure;
import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Operation;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.planner.spec.OnBadRow;
import com.evolvishub.cdc.servers.pulsar.PulsarServer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.Producer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class PulsarWritesITCase {

    private static final String TOPICS = "/admin/v2/persistent/public/default/";

    @RegisterExtension static final PulsarServer PULSAR = PulsarServer.shared();

    private final Topic topic = Topic.on(PULSAR);

    @Test
    void givesAMessageKeyPayloadAndProperties() throws Exception {
        try (PulsarBusClient client = topic.client()) {
            client.open(Topic.lane("a"));
            client.prepare(Topic.SCHEMA);
            client.write(
                    List.of(
                            Topic.row(7),
                            TestLane.row(Operation.DELETE, Topic.SCHEMA, "7").numbered(8)));
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
    void keepsAKeysOrderWithinAPartitionAndUsesThemAll() throws Exception {
        topic.partitioned(3);
        try (PulsarBusClient client = topic.with("compression_type", "ZSTD").client()) {
            client.open(Topic.lane("a"));
            client.prepare(Topic.SCHEMA);
            client.write(Topic.rows(1, 1000));
            client.write(Topic.rows(1001, 2000));
        }

        Map<String, Long> last = new HashMap<>();
        Map<String, String> home = new HashMap<>();
        for (Message<byte[]> message : topic.messages()) {
            assertThat(message.getSequenceId())
                    .isGreaterThan(last.getOrDefault(message.getKey(), 0L));
            last.put(message.getKey(), message.getSequenceId());
            assertThat(home.computeIfAbsent(message.getKey(), key -> message.getTopicName()))
                    .isEqualTo(message.getTopicName());
        }
        assertThat(home.values()).contains(partition(0), partition(1), partition(2));
        try (PulsarBusClient next = topic.client()) {
            assertThat(next.open(Topic.lane("b")).lastNumber()).isEqualTo(2000);
        }
    }

    private String partition(int index) {
        return "persistent://public/default/" + topic.name() + "-partition-" + index;
    }

    @Test
    void fillsTheGapsThatACutOffBatchLeftAndNothingElse() throws Exception {
        topic.partitioned(2);
        try (PulsarBusClient client = topic.client()) {
            client.open(Topic.lane("a"));
            client.prepare(Topic.SCHEMA);
            client.write(Topic.rows(1, 10));
            // as if the connection to one of two partitions broke in the middle of 11 to 30
            client.write(
                    Topic.rows(11, 30).stream()
                            .filter(row -> !partitionOf(row).equals("1") || row.sequence() < 15)
                            .toList());
        }
        try (PulsarBusClient next = topic.client()) {
            long done = next.open(Topic.lane("b")).lastNumber();
            assertThat(done).isBetween(14L, 29L);
            next.prepare(Topic.SCHEMA);
            next.write(Topic.rows(done + 1, 40));
        }

        assertThat(topic.numbers())
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(
                        Topic.rows(1, 40).stream().map(ChangeRow::sequence).toList());
        try (PulsarBusClient last = topic.client()) {
            assertThat(last.open(Topic.lane("c")).lastNumber()).isEqualTo(40);
        }
    }

    private static String partitionOf(ChangeRow row) {
        String key = "{\"id\":%d}".formatted(row.sequence() % 100);
        return Integer.toString((key.hashCode() & Integer.MAX_VALUE) % 2);
    }

    @Test
    void tellsAnOldStateByARowThatTheTopicHoldsUnderTheSameNumber() throws Exception {
        topic.partitioned(2);
        try (PulsarBusClient client = topic.client()) {
            client.open(Topic.lane("a"));
            client.prepare(Topic.SCHEMA);
            // as a batch that was cut off leaves it
            client.write(List.of(Topic.row(1), Topic.row(3)));
        }
        try (PulsarBusClient next = topic.client()) {
            assertThat(next.open(Topic.lane("b")).lastNumber()).isEqualTo(1);
            next.prepare(Topic.SCHEMA);
            ChangeRow other = TestLane.row(Topic.SCHEMA, "99", "another row").numbered(3);
            assertThatThrownBy(() -> next.write(List.of(Topic.row(2), other)))
                    .isInstanceOf(DestinationException.class)
                    .hasMessageContaining("holds another row under number 3")
                    .hasMessageContaining("--reset orders");
        }
    }

    @Test
    void findsTheLastNumberWithoutTheBrokersMemory() throws Exception {
        try (PulsarBusClient client = topic.client()) {
            client.open(Topic.lane("a"));
            client.prepare(Topic.SCHEMA);
            client.write(Topic.rows(1, 25_000));
            client.write(Topic.rows(25_001, 25_100));
        }
        // as after a restart, or hours without a row: what is read up is let go, the log is trimmed
        unload(topic.name());
        PULSAR.admin("POST", TOPICS + topic.name() + "/trim", "");
        for (String name : topic.ledgers()) {
            unload(name);
        }

        try (PulsarBusClient next = topic.client()) {
            assertThat(next.open(Topic.lane("b")).lastNumber()).isEqualTo(25_100);
        }
    }

    @Test
    void opensAnewWhenTheTopicMovedAndDoublesNone() throws Exception {
        try (PulsarBusClient client = topic.client()) {
            client.open(Topic.lane("a"));
            client.prepare(Topic.SCHEMA);
            client.write(Topic.rows(1, 100));
            unload(topic.name());
            assertThatThrownBy(() -> client.write(Topic.rows(101, 200)))
                    .satisfies(
                            e ->
                                    assertThat(client.classify((Exception) e))
                                            .isEqualTo(Failure.TRANSIENT));
        }
        try (PulsarBusClient next = topic.client()) {
            long done = next.open(Topic.lane("a")).lastNumber();
            next.prepare(Topic.SCHEMA);
            next.write(Topic.rows(done + 1, 200));
        }
        assertThat(topic.numbers())
                .containsExactlyElementsOf(
                        Topic.rows(1, 200).stream().map(ChangeRow::sequence).toList());
    }

    private static void unload(String name) {
        PULSAR.admin("PUT", TOPICS + name + "/unload", "");
    }

    @Test
    void namesSizeAndLimitOfARowThatIsTooLarge() throws Exception {
        try (PulsarBusClient client = topic.client()) {
            client.open(Topic.lane("a"));
            client.prepare(Topic.SCHEMA);
            ChangeRow large = TestLane.row(Topic.SCHEMA, "1", "x".repeat(6_000_000)).numbered(1);
            assertThatThrownBy(() -> client.write(List.of(large)))
                    .isInstanceOf(BadRowException.class)
                    .hasMessageMatching(
                            "its message of 6000\\d{3} bytes is above the limit of 5242880"
                                    + " \\(maxMessageSize\\), 6000000 of them in column"
                                    + " \"name\".*");
        }
    }

    @Test
    void goesAroundARowThatTheTopicsOwnLimitRefuses() throws Exception {
        PULSAR.admin("PUT", TOPICS + topic.name(), "");
        PULSAR.admin("POST", TOPICS + topic.name() + "/maxMessageSize", "1000");
        await().until(
                        () -> PULSAR.admin("GET", TOPICS + topic.name() + "/maxMessageSize", ""),
                        "1000"::equals);
        // known is not in force: a topic that is loaded anew begins with it
        unload(topic.name());
        try (PulsarBusClient client = topic.with("batching_enabled", "false").client()) {
            client.open(Topic.lane("a"));
            client.prepare(Topic.SCHEMA);
            client.write(Topic.rows(1, 1));
            ChangeRow large = TestLane.row(Topic.SCHEMA, "2", "x".repeat(2000)).numbered(2);
            List<ChangeRow> batch = new ArrayList<>(List.of(large));
            batch.addAll(Topic.rows(3, 5));
            assertThatThrownBy(() -> client.write(batch))
                    .isInstanceOf(BadRowException.class)
                    .hasMessageContaining("the broker refuses it");
            // as delivery does: halves, the refused one put aside
            client.write(Topic.rows(3, 3));
            client.write(Topic.rows(4, 6));
        }
        assertThat(topic.numbers()).containsExactly(1L, 3L, 4L, 5L, 6L);
    }

    @Test
    void putsADeadLetterAsideOnceAndGoesOnBehindIt() throws Exception {
        TestLane lane = topic.lane().with(OnBadRow.DEAD_LETTER);
        ChangeRow large = TestLane.row(Topic.SCHEMA, "3", "x".repeat(6_000_000)).numbered(3);
        try (PulsarBusClient client = topic.client(lane)) {
            client.open(Topic.lane("a"));
            client.prepare(Topic.SCHEMA);
            assertThat(client.keepsDeadLetters()).isTrue();
            client.write(Topic.rows(1, 2));
            client.writeDeadLetter(large, "too large");
        }
        try (PulsarBusClient next = topic.client(lane)) {
            assertThat(next.open(Topic.lane("b")).lastNumber()).isEqualTo(3);
            next.prepare(Topic.SCHEMA);
            next.write(Topic.rows(4, 5));
        }

        assertThat(topic.numbers()).containsExactly(1L, 2L, 4L, 5L);
        List<Message<byte[]>> letters = topic.messages(topic.name() + ".dlq");
        assertThat(letters).hasSize(1);
        assertThat(letters.get(0).getKey()).isEqualTo("{\"id\":3}");
        assertThat(letters.get(0).getProperties())
                .containsEntry("error", "too large")
                .containsEntry("mapping", "orders")
                .containsKeys("time", "left_out_bytes", "event_id");
    }

    @Test
    void keepsOffATopicThatOthersWriteToUnlessRepeatsAreAllowed() throws Exception {
        try (Producer<byte[]> other =
                topic.plainClient()
                        .newProducer()
                        .topic(topic.name())
                        .producerName("somebody")
                        .create()) {
            try (PulsarBusClient client = topic.client()) {
                assertThatThrownBy(() -> client.open(Topic.lane("a")))
                        .isInstanceOf(DestinationException.class)
                        .hasMessageContaining("is written to by other producers")
                        .hasMessageContaining("delivery: at_least_once");
            }
            try (PulsarBusClient client =
                    topic.client(topic.lane().with(DeliveryMode.AT_LEAST_ONCE))) {
                client.open(Topic.lane("a"));
                client.prepare(Topic.SCHEMA);
                client.write(Topic.rows(1, 10));
            }
            other.send("x".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(topic.messages()).hasSize(11);
    }

    @Test
    void readsOnBehindWhatOthersWroteWhileItWasAway() throws Exception {
        try (PulsarBusClient client = topic.client()) {
            client.open(Topic.lane("a"));
            client.prepare(Topic.SCHEMA);
            client.write(Topic.rows(1, 10));
        }
        try (Producer<byte[]> other =
                topic.plainClient().newProducer().topic(topic.name()).create()) {
            other.send("x".getBytes(StandardCharsets.UTF_8));
        }
        try (PulsarBusClient next = topic.client()) {
            assertThat(next.open(Topic.lane("b")).lastNumber()).isEqualTo(10);
        }
    }

    @Test
    void makesNoTopicThatItIsNotAllowedToMake() throws Exception {
        TestLane never = topic.lane().neverCreating();
        try (PulsarBusClient client = topic.client(never)) {
            assertThat(client.check(Topic.SCHEMA))
                    .containsExactly(
                            "topic persistent://public/default/%s: not there; create it, or leave"
                                            .formatted(topic.name())
                                    + " out create_table: never");
            assertThat(client.open(Topic.lane("a")).target().exists()).isFalse();
            assertThatThrownBy(() -> client.prepare(Topic.SCHEMA))
                    .isInstanceOf(DestinationException.class);
        }
        assertThat(PULSAR.admin("GET", "/admin/v2/persistent/public/default", ""))
                .doesNotContain("/" + topic.name() + "\"");
    }

    @Test
    void doesNotLookAgainForRowsThatItGoesOnWithout() throws Exception {
        try (PulsarBusClient client = topic.client()) {
            client.open(Topic.lane("a"));
            client.prepare(Topic.SCHEMA);
            client.write(Topic.rows(1, 3));
            // 4 to 6 are lost, and the user has said that the mapping goes on
            client.write(Topic.rows(7, 8));
        }
        try (PulsarBusClient client = topic.client()) {
            assertThat(client.open(Topic.lane("b")).lastNumber()).isEqualTo(8);
        }
        assertThat(topic.numbers()).containsExactly(1L, 2L, 3L, 7L, 8L);
    }
}
