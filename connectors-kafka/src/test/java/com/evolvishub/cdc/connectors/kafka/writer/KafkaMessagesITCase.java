package com.evolvishub.cdc.connectors.kafka.writer;

import static com.evolvishub.cdc.sink.contract.TestPipeline.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.connectors.kafka.KafkaTestTopic;
import com.evolvishub.cdc.connectors.kafka.WriterLoop;
import com.evolvishub.cdc.connectors.kafka.progress.KafkaProgressStore;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.failure.FailureKind;
import com.evolvishub.cdc.sink.failure.RowRejectedException;
import com.evolvishub.cdc.testing.kafka.KafkaServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The records in the topic, and errors that are reported before any is written. */
@Timeout(120)
class KafkaMessagesITCase {

    @RegisterExtension static final KafkaServer KAFKA = KafkaServer.shared();

    private KafkaTestTopic topic;
    private String identity;

    @BeforeEach
    void freshTopic() {
        topic = KafkaTestTopic.fresh(KAFKA.bootstrapServers());
        identity = "file/" + topic.name();
    }

    private KafkaDestinationClient opened(TestPipeline testPipeline) throws Exception {
        KafkaDestinationClient client = KafkaTestTopic.client(testPipeline);
        client.open(KafkaTestTopic.writerIdentity(identity, "a"));
        client.prepare(TestPipeline.KEYED);
        return client;
    }

    @Test
    void createsTheTopicWithTheGivenOptions() throws Exception {
        try (KafkaDestinationClient client = topic.with("partitions", "3").client()) {
            assertThat(client.open(KafkaTestTopic.writerIdentity(identity, "a")).target().exists())
                    .isFalse();
            assertThat(client.check(TestPipeline.KEYED)).isEmpty();
            client.prepare(TestPipeline.KEYED);
        }
        try (Admin admin = KafkaTestTopic.admin(topic.servers())) {
            TopicDescription description =
                    admin.describeTopics(List.of(topic.name()))
                            .topicNameValues()
                            .get(topic.name())
                            .get();
            assertThat(description.partitions()).hasSize(3);
            ConfigResource progressTopic =
                    new ConfigResource(ConfigResource.Type.TOPIC, KafkaProgressStore.TOPIC);
            assertThat(
                            admin.describeConfigs(List.of(progressTopic))
                                    .values()
                                    .get(progressTopic)
                                    .get()
                                    .get("cleanup.policy")
                                    .value())
                    .isEqualTo("compact");
        }
    }

    @Test
    void createsNoTopicIfNotAllowed() throws Exception {
        try (KafkaDestinationClient client =
                KafkaTestTopic.client(topic.testPipeline().neverCreating())) {
            String problem =
                    "topic %s: not there; create it, or leave out create_table: never"
                            .formatted(topic.name());
            assertThat(client.check(TestPipeline.KEYED)).containsExactly(problem);
            client.open(KafkaTestTopic.writerIdentity(identity, "a"));
            assertThatThrownBy(() -> client.prepare(TestPipeline.KEYED))
                    .isInstanceOf(DestinationException.class)
                    .hasMessage(problem);
        }
    }

    @Test
    void reportsAReplicationFactorAboveTheNumberOfBrokers() throws Exception {
        try (KafkaDestinationClient client = topic.with("replication_factor", "3").client()) {
            assertThat(client.check(TestPipeline.KEYED))
                    .singleElement()
                    .asString()
                    .startsWith("topic " + topic.name() + ": cannot be created: ")
                    .endsWith("look at partitions and replication_factor");
        }
    }

    @Test
    void keepsVersionsOfAKeyInOnePartitionAndUsesAllPartitions() throws Exception {
        topic.create(4, Map.of());
        List<ChangeRow> rows = new ArrayList<>();
        for (long sequence = 1; sequence <= 400; sequence++) {
            rows.add(
                    row(TestPipeline.KEYED, Long.toString(sequence % 50), "version " + sequence)
                            .withSequence(sequence));
        }
        try (KafkaDestinationClient client = opened(topic.testPipeline())) {
            client.write(rows.subList(0, 150));
            client.write(rows.subList(150, 400));
        }
        Map<String, List<Long>> sequences = new HashMap<>();
        Map<String, Integer> partitions = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : topic.records()) {
            String key = KafkaTestTopic.text(record.key());
            sequences
                    .computeIfAbsent(key, k -> new ArrayList<>())
                    .add(KafkaTestTopic.sequence(record));
            assertThat(partitions.merge(key, record.partition(), (one, other) -> other))
                    .isEqualTo(record.partition());
        }
        assertThat(sequences).hasSize(50);
        assertThat(sequences.values())
                .allSatisfy(each -> assertThat(each).hasSize(8).isSorted().doesNotHaveDuplicates());
        assertThat(partitions.values().stream().distinct()).hasSize(4);
    }

    @Test
    void writesADeleteAsATombstone() throws Exception {
        try (KafkaDestinationClient client = opened(topic.testPipeline())) {
            client.write(
                    List.of(
                            row(TestPipeline.KEYED, "1", "one").withSequence(1),
                            row(Operation.DELETE, TestPipeline.KEYED, "1").withSequence(2)));
        }
        List<ConsumerRecord<byte[], byte[]>> records = topic.records();
        assertThat(records).hasSize(2);
        assertThat(KafkaTestTopic.text(records.get(0).value()))
                .isEqualTo("{\"id\":1,\"name\":\"one\"}");
        assertThat(records.get(1).value()).isNull();
        assertThat(records.get(1).key()).isEqualTo(records.get(0).key());
        assertThat(KafkaTestTopic.header(records.get(1), "op")).isEqualTo("d");
        assertThat(KafkaTestTopic.header(records.get(1), "mapping")).isEqualTo("orders");
        assertThat(KafkaTestTopic.header(records.get(1), "event_id"))
                .isEqualTo("file/orders:0000000000000000002");
    }

    private static ChangeRow large(long sequence) {
        byte[] noise = new byte[30_000];
        ThreadLocalRandom.current().nextBytes(noise);
        return row(TestPipeline.KEYED, Long.toString(sequence), HexFormat.of().formatHex(noise))
                .withSequence(sequence);
    }

    @Test
    void reportsSizeAndLimitOfAnOversizedMessage() throws Exception {
        topic.create(1, Map.of("max.message.bytes", "50000"));
        try (KafkaDestinationClient client = opened(topic.testPipeline())) {
            assertThatThrownBy(() -> client.write(List.of(large(1))))
                    .isInstanceOf(RowRejectedException.class)
                    .hasMessageMatching(
                            "its message of 60\\d\\d\\d bytes is above the limit of 50000"
                                    + " \\(max.message.bytes of %s\\), 60000 of them in column"
                                            .formatted(topic.name())
                                    + " \"name\" of the source; raise the limit, or leave columns"
                                    + " out \\(exclude_columns\\)");
            client.write(List.of(row(TestPipeline.KEYED, "1", "small").withSequence(1)));
        }
        assertThat(topic.records()).hasSize(1);
    }

    @Test
    void rejectsInTheClientAMessageAboveItsRequestLimit() throws Exception {
        try (KafkaDestinationClient client =
                opened(topic.withParameter("max.request.size", "20000").testPipeline())) {
            assertThatThrownBy(() -> client.write(List.of(large(1))))
                    .isInstanceOf(RowRejectedException.class)
                    .hasMessageContaining("above the limit of 20000 (max.request.size)");
            client.write(List.of(row(TestPipeline.KEYED, "1", "small").withSequence(1)));
        }
        assertThat(topic.records()).hasSize(1);
    }

    @Test
    void writesADeadLetterTogetherWithItsSequenceNumber() throws Exception {
        topic.create(1, Map.of("max.message.bytes", "50000"));
        try (KafkaDestinationClient client = opened(topic.testPipeline())) {
            assertThat(client.supportsDeadLetters()).isTrue();
            client.writeDeadLetter(large(5), "row 5 (id = 5): too large");
            client.write(List.of(row(TestPipeline.KEYED, "6", "small").withSequence(6)));
        }
        try (KafkaDestinationClient next = topic.client()) {
            assertThat(next.open(KafkaTestTopic.writerIdentity(identity, "b")).lastSequence())
                    .isEqualTo(6);
        }
        ConsumerRecord<byte[], byte[]> deadLetter =
                KafkaTestTopic.records(topic.servers(), topic.name() + ".dlq", "read_committed")
                        .get(0);
        assertThat(deadLetter.value()).hasSizeGreaterThan(60_000);
        assertThat(KafkaTestTopic.header(deadLetter, "error"))
                .isEqualTo("row 5 (id = 5): too large");
        assertThat(KafkaTestTopic.header(deadLetter, "mapping")).isEqualTo("orders");
        assertThat(KafkaTestTopic.header(deadLetter, "event_id")).endsWith(":0000000000000000005");
        assertThat(KafkaTestTopic.header(deadLetter, "time")).endsWith("Z");
    }

    @Test
    void omitsThePayloadOfAnOversizedDeadLetter() throws Exception {
        KafkaTestTopic deadLetters = KafkaTestTopic.of(topic.servers(), topic.name() + ".dlq");
        deadLetters.create(1, Map.of("max.message.bytes", "50000"));
        try (KafkaDestinationClient client = opened(topic.testPipeline())) {
            client.writeDeadLetter(large(5), "too large");
        }
        ConsumerRecord<byte[], byte[]> deadLetter = deadLetters.records().get(0);
        assertThat(deadLetter.value()).isNull();
        assertThat(deadLetter.key()).isNotEmpty();
        assertThat(KafkaTestTopic.header(deadLetter, "left_out_bytes")).startsWith("600");
    }

    @Test
    void atLeastOnceWritesWithoutTransactionsOrProgressRecord() throws Exception {
        TestPipeline testPipeline =
                topic.with("acks", "1").testPipeline().with(DeliveryMode.AT_LEAST_ONCE);
        try (KafkaDestinationClient client = opened(testPipeline)) {
            assertThat(client.upserts(TestPipeline.KEYED)).isFalse();
            client.write(WriterLoop.rows(1, 100));
        }
        try (KafkaDestinationClient next = KafkaTestTopic.client(testPipeline)) {
            assertThat(next.open(KafkaTestTopic.writerIdentity(identity, "b")).lastSequence())
                    .isZero();
        }
        assertThat(topic.records("read_uncommitted"))
                .extracting(KafkaTestTopic::sequence)
                .containsExactlyElementsOf(LongStream.rangeClosed(1, 100).boxed().toList());
    }

    @Test
    void rejectsSettingsThatBreakExactlyOnce() throws Exception {
        try (KafkaDestinationClient client = topic.with("acks", "1").client()) {
            String problem =
                    "acks: found \"1\", which cannot keep exactly once; leave it out, or say"
                            + " delivery: at_least_once";
            assertThat(client.check(TestPipeline.KEYED)).containsExactly(problem);
            assertThatThrownBy(() -> client.open(KafkaTestTopic.writerIdentity(identity, "a")))
                    .isInstanceOf(DestinationException.class)
                    .hasMessage(problem);
        }
    }

    @Test
    void rejectsATransactionTimeoutAboveTheBrokersLimit() throws Exception {
        try (KafkaDestinationClient client =
                topic.with("transaction_timeout_seconds", "1000").client()) {
            assertThat(client.check(TestPipeline.KEYED))
                    .containsExactly(
                            "transaction_timeout_seconds: 1000 s are more than the 900 s of the"
                                    + " broker's transaction.max.timeout.ms; make it less, or have"
                                    + " the broker's limit raised");
            assertThatThrownBy(() -> client.open(KafkaTestTopic.writerIdentity(identity, "a")))
                    .isInstanceOf(DestinationException.class)
                    .hasMessageStartingWith("transaction_timeout_seconds: 1000 s are more than");
        }
    }

    @Test
    void reportsAnInvalidSettingWithoutItsValue() throws Exception {
        try (KafkaDestinationClient client = topic.withParameter("linger.ms", "hunter2").client()) {
            assertThatThrownBy(() -> client.open(KafkaTestTopic.writerIdentity(identity, "a")))
                    .isInstanceOf(DestinationException.class)
                    .hasMessageContaining("linger.ms")
                    .hasMessageNotContaining("hunter2");
        }
    }

    @Test
    void writesCompressedBatches() throws Exception {
        for (String type : List.of("gzip", "snappy", "lz4", "zstd")) {
            KafkaTestTopic compressed =
                    KafkaTestTopic.fresh(KAFKA.bootstrapServers()).with("compression_type", type);
            try (KafkaDestinationClient client = KafkaTestTopic.client(compressed.testPipeline())) {
                client.open(KafkaTestTopic.writerIdentity("file/" + compressed.name(), "a"));
                client.prepare(TestPipeline.KEYLESS);
                client.write(WriterLoop.rows(1, 1000));
            }
            assertThat(compressed.records()).hasSize(1000);
        }
    }

    @Test
    void anUnreachableBrokerIsATransientError() {
        try (KafkaDestinationClient client = topic.at("127.0.0.1:1").withTimeout(2).client()) {
            assertThatThrownBy(() -> client.open(KafkaTestTopic.writerIdentity(identity, "a")))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageStartingWith("no answer from kafka at 127.0.0.1:1: ")
                    .satisfies(e -> assertTransient(client, e));
        }
    }

    @Test
    void anUnresponsiveServerIsATransientError() throws Exception {
        try (ServerSocket unresponsive = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                KafkaDestinationClient client =
                        topic.at("127.0.0.1:" + unresponsive.getLocalPort())
                                .withTimeout(2)
                                .client()) {
            assertThatThrownBy(() -> client.open(KafkaTestTopic.writerIdentity(identity, "a")))
                    .isInstanceOf(TimeoutException.class)
                    .satisfies(e -> assertTransient(client, e));
        }
    }

    @Test
    void anUnresolvableHostIsATransientError() {
        try (KafkaDestinationClient client = topic.at("no.such.host.invalid:9092").client()) {
            assertThatThrownBy(() -> client.open(KafkaTestTopic.writerIdentity(identity, "a")))
                    .isInstanceOf(UnknownHostException.class)
                    .hasMessage(
                            "no address is known for no.such.host.invalid:9092; look at host or"
                                    + " bootstrap_servers")
                    .satisfies(e -> assertTransient(client, e));
        }
    }

    private static void assertTransient(KafkaDestinationClient client, Throwable failure) {
        assertThat(client.classify((Exception) failure)).isEqualTo(FailureKind.TRANSIENT);
    }
}
