package com.evolvishub.cdc.connectors.kafka.deadletter;

import static com.evolvishub.cdc.sink.contract.TestPipeline.row;
import static com.evolvishub.cdc.sink.deadletter.ReplayPolicy.REFUSE_SUPERSEDED;
import static com.evolvishub.cdc.sink.deadletter.ReplayPolicy.WRITE_SUPERSEDED;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.connectors.kafka.KafkaConnector;
import com.evolvishub.cdc.connectors.kafka.KafkaTestTopic;
import com.evolvishub.cdc.connectors.kafka.message.KafkaRecords;
import com.evolvishub.cdc.connectors.kafka.session.KafkaClientSettings;
import com.evolvishub.cdc.connectors.kafka.session.KafkaSession;
import com.evolvishub.cdc.connectors.kafka.writer.KafkaDestinationClient;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.deadletter.DeadLetter;
import com.evolvishub.cdc.sink.deadletter.DeadLetterStore;
import com.evolvishub.cdc.testing.kafka.KafkaServer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class KafkaDeadLetterStoreITCase {

    @RegisterExtension static final KafkaServer KAFKA = KafkaServer.shared();

    private KafkaTestTopic topic;
    private TestPipeline testPipeline;

    @BeforeEach
    void fresh() {
        topic = KafkaTestTopic.fresh(KAFKA.bootstrapServers());
        testPipeline = topic.testPipeline();
    }

    private KafkaDestinationClient opened() throws Exception {
        KafkaDestinationClient client = KafkaTestTopic.client(testPipeline);
        client.open(KafkaTestTopic.writerIdentity("file/" + topic.name(), "a"));
        client.prepare(TestPipeline.KEYED);
        return client;
    }

    private static ChangeRow numbered(long sequence, String id, String name) {
        return row(TestPipeline.KEYED, id, name).withSequence(sequence);
    }

    private DeadLetterStore store() {
        return new KafkaConnector().deadLetterStore(testPipeline.pipeline()).orElseThrow();
    }

    private List<DeadLetter> all() throws Exception {
        try (DeadLetterStore store = store()) {
            return store.listAfter("", 100);
        }
    }

    private Optional<String> replayed(DeadLetter deadLetter) throws Exception {
        try (DeadLetterStore store = store()) {
            return store.replay(deadLetter, REFUSE_SUPERSEDED);
        }
    }

    private List<String> delivered() {
        return topic.records().stream()
                .map(
                        record ->
                                KafkaTestTopic.text(record.key())
                                        + " "
                                        + KafkaTestTopic.text(record.value()))
                .toList();
    }

    @Test
    void listsNoneIfNoRowWasEverRejected() throws Exception {
        assertThat(all()).isEmpty();
        assertThat(KafkaTestTopic.records(topic.servers(), topic.name() + ".dlq", "read_committed"))
                .isEmpty();
    }

    @Test
    void listsDeadLettersOldestFirstInPages() throws Exception {
        try (KafkaDestinationClient client = opened()) {
            client.writeDeadLetter(numbered(1, "2", "one"), "too large");
            client.writeDeadLetter(numbered(2, "2", "two"), "too large");
            client.writeDeadLetter(
                    row(Operation.DELETE, TestPipeline.KEYED, "4").withSequence(3), "no");
        }
        try (DeadLetterStore store = store()) {
            List<DeadLetter> first = store.listAfter("", 2);
            assertThat(first).extracting(DeadLetter::sequence).containsExactly(1L, 2L);
            assertThat(first.get(0).mapping()).isEqualTo("orders");
            assertThat(first.get(0).operation()).isEqualTo('u');
            assertThat(first.get(0).error()).isEqualTo("too large");
            assertThat(first.get(0).payload()).isEqualTo("{\"id\":2,\"name\":\"one\"}");
            assertThat(first.get(0).superseded()).isEqualTo("row 2 of the same key came after it");
            assertThat(first.get(1).superseded()).isEmpty();
            List<DeadLetter> page = store.listAfter(first.get(1).id(), 2);
            assertThat(page).extracting(DeadLetter::operation).containsExactly('d');
            assertThat(page.get(0).payload()).isEqualTo("{\"id\":4}");
            assertThat(store.find(page.get(0).id())).contains(page.get(0));
            assertThat(store.find("0-4711")).isEmpty();
            assertThat(store.find("no id")).isEmpty();
        }
    }

    @Test
    void replaysARowOnceTheTopicAcceptsItWhileThePipelineKeepsRunning() throws Exception {
        topic.create(3, Map.of("max.message.bytes", "200"));
        try (KafkaDestinationClient client = opened()) {
            ChangeRow large = numbered(1, "7", "x".repeat(300));
            client.writeDeadLetter(large, "too large");
            DeadLetter deadLetter = all().get(0);
            assertThat(replayed(deadLetter).orElseThrow()).startsWith("refused again: ");
            assertThat(all()).hasSize(1);
            limit(100_000);

            // the rejected replay has changed nothing, and the new limit takes effect with a delay
            await().until(() -> replayed(deadLetter), Optional::isEmpty);
            assertThat(replayed(deadLetter)).contains("it is not there any more");
            assertThat(all()).isEmpty();
            client.write(List.of(large.withSequence(2)));
            client.writeDeadLetter(numbered(3, "8", "other"), "no");
        }
        List<ConsumerRecord<byte[], byte[]>> records = topic.records();
        assertThat(records).extracting(KafkaTestTopic::sequence).containsExactly(1L, 2L);
        ConsumerRecord<byte[], byte[]> replayedRecord = records.get(0);
        ConsumerRecord<byte[], byte[]> ordinary = records.get(1);
        assertThat(replayedRecord.partition()).isEqualTo(ordinary.partition());
        assertThat(replayedRecord.key()).isEqualTo(ordinary.key());
        assertThat(replayedRecord.value()).isEqualTo(ordinary.value());
        assertThat(replayedRecord.headers().toArray()).hasSameSizeAs(ordinary.headers().toArray());
        assertThat(KafkaTestTopic.header(replayedRecord, "op")).isEqualTo("u");
        assertThat(all()).extracting(DeadLetter::sequence).containsExactly(3L);
    }

    private void limit(int bytes) throws Exception {
        ConfigResource named = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
        ConfigEntry entry = new ConfigEntry("max.message.bytes", Integer.toString(bytes));
        try (var admin = KafkaTestTopic.admin(topic.servers())) {
            admin.incrementalAlterConfigs(
                            Map.of(
                                    named,
                                    List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DeliveryMode.class,
            names = {"EXACTLY_ONCE", "AT_LEAST_ONCE"})
    void rejectsASupersededRowUnlessForced(DeliveryMode mode) throws Exception {
        testPipeline = testPipeline.with(mode);
        topic.create(3, Map.of());
        try (KafkaDestinationClient client = opened()) {
            client.writeDeadLetter(numbered(1, "1", "older"), "no");
            client.writeDeadLetter(numbered(2, "2", "other"), "no");
            client.write(List.of(numbered(3, "1", "newer")));
        }
        List<DeadLetter> both = all();
        try (DeadLetterStore store = store()) {
            assertThat(store.replay(both.get(0), REFUSE_SUPERSEDED))
                    .contains("row 3 of the same key came after it");
            assertThat(store.replay(both.get(1), REFUSE_SUPERSEDED)).isEmpty();
            assertThat(store.listAfter("", 9)).extracting(DeadLetter::sequence).containsExactly(1L);
            assertThat(store.replay(both.get(0), WRITE_SUPERSEDED)).isEmpty();
            assertThat(store.listAfter("", 9)).isEmpty();
        }
        assertThat(delivered())
                .containsExactlyInAnyOrder(
                        "{\"id\":1} {\"id\":1,\"name\":\"newer\"}",
                        "{\"id\":1} {\"id\":1,\"name\":\"older\"}",
                        "{\"id\":2} {\"id\":2,\"name\":\"other\"}");
    }

    @Test
    void findsANewerVersionInAnOpenTransaction() throws Exception {
        // the transaction must stay open during the test
        testPipeline = topic.with("transaction_timeout_seconds", "300").testPipeline();
        topic.create(1, Map.of());
        try (KafkaDestinationClient client = opened()) {
            client.writeDeadLetter(numbered(1, "1", "older"), "no");
        }
        KafkaSession other = new KafkaSession(new KafkaClientSettings(testPipeline.pipeline()));
        Producer<byte[], byte[]> producer =
                other.producer(OptionalLong.empty(), Optional.of("test-" + topic.name()));
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(
                        new ProducerRecord<>(
                                topic.name(),
                                null,
                                "{\"id\":1}".getBytes(UTF_8),
                                "newer".getBytes(UTF_8),
                                List.of(KafkaRecords.header("event_id", "file/orders:2"))))
                .get();

        assertThat(replayed(all().get(0))).contains("row 2 of the same key came after it");

        producer.commitTransaction();
        other.close();
        assertThat(delivered()).containsExactly("{\"id\":1} newer");
    }

    @ParameterizedTest
    @EnumSource(
            value = DeliveryMode.class,
            names = {"EXACTLY_ONCE", "AT_LEAST_ONCE"})
    void anInterruptedReplayNeitherLosesNorDuplicatesTheRow(DeliveryMode mode) throws Exception {
        testPipeline = testPipeline.with(mode);
        topic.create(1, Map.of());
        try (KafkaDestinationClient client = opened()) {
            client.writeDeadLetter(numbered(1, "1", "one"), "no");
        }
        ConsumerRecord<byte[], byte[]> deadLetter =
                KafkaTestTopic.records(topic.servers(), topic.name() + ".dlq", "read_committed")
                        .get(0);
        KafkaClientSettings settings = new KafkaClientSettings(testPipeline.pipeline());
        KafkaSession session = new KafkaSession(settings);
        ReplayProducer interrupted = new ReplayProducer(session, settings, testPipeline.pipeline());
        interrupted.open(OptionalLong.empty());
        ProducerRecord<byte[], byte[]> message =
                new ProducerRecord<>(
                        topic.name(),
                        null,
                        deadLetter.key(),
                        deadLetter.value(),
                        deadLetter.headers());
        assertThatThrownBy(
                        () ->
                                interrupted.replay(
                                        message,
                                        message,
                                        metadata -> {
                                            throw new IllegalStateException("killed");
                                        }))
                .hasMessage("killed");
        DeadLetter remaining = all().get(0);

        assertThat(replayed(remaining)).isEmpty();

        session.close();
        assertThat(all()).isEmpty();
        assertThat(delivered()).containsExactly("{\"id\":1} {\"id\":1,\"name\":\"one\"}");
    }

    @Test
    void aSecondReplayFencesTheFirst() throws Exception {
        topic.create(1, Map.of());
        try (KafkaDestinationClient client = opened()) {
            client.writeDeadLetter(numbered(1, "1", "one"), "no");
            client.writeDeadLetter(numbered(2, "2", "two"), "no");
            client.writeDeadLetter(numbered(3, "3", "three"), "no");
        }
        List<DeadLetter> three = all();
        try (DeadLetterStore first = store()) {
            assertThat(first.replay(three.get(0), REFUSE_SUPERSEDED)).isEmpty();
            assertThat(replayed(three.get(1))).isEmpty();
            assertThatThrownBy(() -> first.replay(three.get(2), REFUSE_SUPERSEDED))
                    .hasMessageStartingWith(
                            "another replay or drop of this mapping's dead letters");
        }
        assertThat(all()).extracting(DeadLetter::sequence).containsExactly(3L);
        assertThat(topic.records()).extracting(KafkaTestTopic::sequence).containsExactly(1L, 2L);
    }

    @Test
    void dropsOneDeadLetterAndKeepsTheOthers() throws Exception {
        try (KafkaDestinationClient client = opened()) {
            client.writeDeadLetter(numbered(1, "1", "one"), "no");
            client.writeDeadLetter(numbered(2, "2", "two"), "no");
        }
        try (DeadLetterStore store = store()) {
            DeadLetter one = store.listAfter("", 1).get(0);
            store.drop(one);
            store.drop(one);
            assertThat(store.listAfter(one.id(), 9))
                    .extracting(DeadLetter::sequence)
                    .containsExactly(2L);
        }
        assertThat(all()).extracting(DeadLetter::sequence).containsExactly(2L);
        assertThat(topic.records()).isEmpty();
    }

    @Test
    void namesTheAddressThatDoesNotRespond() throws Exception {
        testPipeline = topic.at("localhost:1").withTimeout(2).testPipeline();

        assertThatThrownBy(this::all).hasMessageContaining("no answer from kafka at localhost:1");
    }
}
