package com.evolvishub.cdc.connectors.kafka.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.connectors.kafka.KafkaTestTopic;
import com.evolvishub.cdc.connectors.kafka.KafkaWriterProcess;
import com.evolvishub.cdc.connectors.kafka.WriterLoop;
import com.evolvishub.cdc.connectors.kafka.progress.KafkaProgressRecord;
import com.evolvishub.cdc.connectors.kafka.progress.KafkaProgressStore;
import com.evolvishub.cdc.connectors.kafka.session.KafkaPipelineId;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.FailureKind;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import com.evolvishub.cdc.testing.kafka.KafkaServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several writers of one lane, and strangers beside it. */
@Timeout(120)
class KafkaFencingITCase {

    @RegisterExtension static final KafkaServer KAFKA = KafkaServer.shared();

    private KafkaTestTopic topic;
    private String identity;

    @BeforeEach
    void freshTopic() throws Exception {
        topic = KafkaTestTopic.fresh(KAFKA.bootstrapServers());
        topic.create(1, Map.of());
        identity = "file/" + topic.name();
    }

    @Test
    void aFrozenWriterWritesNothingMoreOnceItsLaneWasTaken() throws Exception {
        try (KafkaWriterProcess zombie =
                        KafkaWriterProcess.start(topic, 30, identity, "a", Long.MAX_VALUE);
                KafkaDestinationClient taker = topic.client()) {
            zombie.await(line -> line.startsWith("wrote"));
            freezeInTheMiddle(zombie);
            long held = taker.open(KafkaTestTopic.lane(identity, "b")).lastSequence();
            taker.prepare(TestPipeline.KEYLESS);
            taker.write(WriterLoop.rows(held + 1, held + 100));

            zombie.thaw();

            assertThat(zombie.await(line -> line.startsWith("taken")))
                    .isEqualTo("taken over by run b on host host of b");
            taker.write(WriterLoop.rows(held + 101, held + 200));
            assertThat(numbers()).isEqualTo(upTo(held + 200));
        }
    }

    @Test
    void aTransactionThatTheBrokerGaveUpIsNotCalledTakenOver() throws Exception {
        try (KafkaWriterProcess writer =
                KafkaWriterProcess.start(topic, 1, identity, "a", Long.MAX_VALUE)) {
            writer.await(line -> line.startsWith("wrote"));
            freezeInTheMiddle(writer);
            await().until(() -> !ongoing());

            writer.thaw();

            // on a busy machine it may have met other outages before
            writer.await(line -> line.matches("again: .*nobody has taken the lane.*"));
            writer.await(line -> line.startsWith("open"));
            writer.await(line -> line.startsWith("wrote"));
        }
        try (KafkaDestinationClient next = topic.client()) {
            assertThat(numbers())
                    .isEqualTo(upTo(next.open(KafkaTestTopic.lane(identity, "b")).lastSequence()));
        }
    }

    /** Freezes it at a moment when its transaction is open. */
    private void freezeInTheMiddle(KafkaWriterProcess writer) {
        await().pollInterval(Duration.ofMillis(5))
                .until(
                        () -> {
                            writer.freeze();
                            if (ongoing()) {
                                return true;
                            }
                            writer.thaw();
                            return false;
                        });
    }

    private boolean ongoing() throws Exception {
        String id = KafkaPipelineId.of(identity);
        try (Admin admin = KafkaTestTopic.admin(topic.servers())) {
            TransactionState state =
                    admin.describeTransactions(List.of(id)).description(id).get().state();
            return state == TransactionState.ONGOING;
        }
    }

    @Test
    void doesNotCallItTakenOverWhenNobodyWroteItselfDown() throws Exception {
        try (KafkaDestinationClient client = topic.client()) {
            client.open(KafkaTestTopic.lane(identity, "a"));
            client.prepare(TestPipeline.KEYLESS);
            try (KafkaProducer<byte[], byte[]> other = producer(KafkaPipelineId.of(identity))) {
                other.initTransactions();
            }
            assertThatThrownBy(() -> client.write(WriterLoop.rows(1, 10)))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("nobody has taken the lane")
                    .satisfies(
                            e ->
                                    assertThat(client.classify((Exception) e))
                                            .isEqualTo(FailureKind.TRANSIENT));
        }
        assertThat(numbers()).isEmpty();
    }

    @Test
    void anOpenTransactionOfAStrangerInTheTopicDoublesNothing() throws Exception {
        try (KafkaProducer<byte[], byte[]> stranger = producer("stranger " + topic.name())) {
            stranger.initTransactions();
            stranger.beginTransaction();
            stranger.send(new ProducerRecord<>(topic.name(), new byte[] {'x'})).get();
            try (KafkaDestinationClient client = topic.client()) {
                client.open(KafkaTestTopic.lane(identity, "a"));
                client.prepare(TestPipeline.KEYLESS);
                client.write(WriterLoop.rows(1, 10));
            }
            try (KafkaDestinationClient next = topic.client()) {
                assertThat(next.open(KafkaTestTopic.lane(identity, "b")).lastSequence())
                        .isEqualTo(10);
                next.prepare(TestPipeline.KEYLESS);
                next.write(WriterLoop.rows(11, 20));
            }
            stranger.abortTransaction();
        }
        assertThat(numbers()).isEqualTo(upTo(20));
    }

    @Test
    void waitsForANeighboursOpenTransactionInTheLedger() throws Exception {
        try (KafkaDestinationClient client = topic.client()) {
            client.open(KafkaTestTopic.lane(identity, "a"));
        }
        String name = KafkaPipelineId.of(identity);
        try (KafkaProducer<byte[], byte[]> neighbour = producer("neighbour " + topic.name());
                KafkaDestinationClient writer = topic.client();
                KafkaDestinationClient next = topic.client()) {
            writer.open(KafkaTestTopic.lane(identity, "b"));
            writer.prepare(TestPipeline.KEYLESS);
            neighbour.initTransactions();
            neighbour.beginTransaction();
            neighbour
                    .send(
                            new ProducerRecord<>(
                                    KafkaProgressStore.TOPIC,
                                    KafkaProgressStore.partitionOf(name),
                                    "other".getBytes(StandardCharsets.UTF_8),
                                    KafkaProgressRecord.NONE.encoded()))
                    .get();
            writer.write(WriterLoop.rows(1, 10));
            int before = producerEpoch();
            CompletableFuture<Long> opening =
                    CompletableFuture.supplyAsync(() -> lastNumber(next, "c"));
            // the writer has lost its lane: the opening is past its first look
            await().until(() -> producerEpoch() > before);
            assertThat(opening).isNotDone();
            neighbour.commitTransaction();
            assertThat(opening.join()).isEqualTo(10);
        }
        assertThat(numbers()).isEqualTo(upTo(10));
    }

    /** Kafka's own count of the producers that took this lane's transactional id. */
    private int producerEpoch() throws Exception {
        String id = KafkaPipelineId.of(identity);
        try (Admin admin = KafkaTestTopic.admin(topic.servers())) {
            return admin.describeTransactions(List.of(id)).description(id).get().producerEpoch();
        }
    }

    private long lastNumber(KafkaDestinationClient client, String run) {
        try {
            return client.open(KafkaTestTopic.lane(identity, run)).lastSequence();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void findsItsEntryFarBelowThoseOfABusyNeighbour() throws Exception {
        try (KafkaDestinationClient client = topic.client()) {
            client.open(KafkaTestTopic.lane(identity, "a"));
            client.prepare(TestPipeline.KEYLESS);
            client.write(WriterLoop.rows(1, 7));
        }
        int partition = KafkaProgressStore.partitionOf(KafkaPipelineId.of(identity));
        byte[] other = "other".getBytes(StandardCharsets.UTF_8);
        try (KafkaProducer<byte[], byte[]> neighbour =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", topic.servers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            List<?> sent =
                    IntStream.range(0, 30_000)
                            .mapToObj(
                                    i ->
                                            neighbour.send(
                                                    new ProducerRecord<>(
                                                            KafkaProgressStore.TOPIC,
                                                            partition,
                                                            other,
                                                            KafkaProgressRecord.NONE.encoded())))
                            .toList();
            neighbour.flush();
            assertThat(sent).hasSize(30_000);
        }
        try (KafkaDestinationClient next = topic.client()) {
            assertThat(next.open(KafkaTestTopic.lane(identity, "b")).lastSequence()).isEqualTo(7);
        }
    }

    @Test
    void endsWhateverItWaitsForWhenClosedByAnotherThread() throws Exception {
        KafkaDestinationClient client = topic.client();
        client.open(KafkaTestTopic.lane(identity, "a"));
        client.prepare(TestPipeline.KEYLESS);
        CompletableFuture<Exception> writing =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                for (long from = 1; ; from += 1000) {
                                    client.write(WriterLoop.rows(from, from + 999));
                                }
                            } catch (Exception e) {
                                return e;
                            }
                        });
        await().until(() -> !numbers().isEmpty());
        client.close();
        assertThat(client.classify(writing.get())).isEqualTo(FailureKind.TRANSIENT);
        WriterIdentity again =
                new WriterIdentity(identity, "a", "writer of a", "host", "orders", true, 1);
        try (KafkaDestinationClient next = topic.client()) {
            long last = next.open(again).lastSequence();
            assertThat(numbers()).isEqualTo(upTo(last));
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(String transactionalId) {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        KAFKA.bootstrapServers(),
                        "transactional.id",
                        transactionalId,
                        // it is to stay open until the test ends it
                        "transaction.timeout.ms",
                        "600000"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private List<Long> numbers() {
        return topic.records().stream().map(KafkaTestTopic::number).toList();
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }
}
