package com.evolvishub.cdc.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.delivery.Failure;
import com.evolvishub.cdc.delivery.Lane;
import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.servers.kafka.KafkaServer;
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
class KafkaLanesITCase {

    @RegisterExtension static final KafkaServer KAFKA = KafkaServer.shared();

    private Topic topic;
    private String identity;

    @BeforeEach
    void freshTopic() throws Exception {
        topic = Topic.fresh(KAFKA.bootstrapServers());
        topic.create(1, Map.of());
        identity = "file/" + topic.name();
    }

    @Test
    void aFrozenWriterWritesNothingMoreOnceItsLaneWasTaken() throws Exception {
        try (WriterProcess zombie = WriterProcess.start(topic, 30, identity, "a", Long.MAX_VALUE);
                KafkaBusClient taker = topic.client()) {
            zombie.await(line -> line.startsWith("wrote"));
            freezeInTheMiddle(zombie);
            long held = taker.open(Topic.lane(identity, "b")).lastNumber();
            taker.prepare(TestLane.KEYLESS);
            taker.write(LaneLoop.rows(held + 1, held + 100));

            zombie.thaw();

            assertThat(zombie.await(line -> line.startsWith("taken")))
                    .isEqualTo("taken over by run b on host host of b");
            taker.write(LaneLoop.rows(held + 101, held + 200));
            assertThat(numbers()).isEqualTo(upTo(held + 200));
        }
    }

    @Test
    void aTransactionThatTheBrokerGaveUpIsNotCalledTakenOver() throws Exception {
        try (WriterProcess writer = WriterProcess.start(topic, 1, identity, "a", Long.MAX_VALUE)) {
            writer.await(line -> line.startsWith("wrote"));
            freezeInTheMiddle(writer);
            await().until(() -> !ongoing());

            writer.thaw();

            // on a busy machine it may have met other outages before
            writer.await(line -> line.matches("again: .*nobody has taken the lane.*"));
            writer.await(line -> line.startsWith("open"));
            writer.await(line -> line.startsWith("wrote"));
        }
        try (KafkaBusClient next = topic.client()) {
            assertThat(numbers())
                    .isEqualTo(upTo(next.open(Topic.lane(identity, "b")).lastNumber()));
        }
    }

    /** Freezes it at a moment when its transaction is open. */
    private void freezeInTheMiddle(WriterProcess writer) {
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
        String id = LaneName.of(identity);
        try (Admin admin = Topic.admin(topic.servers())) {
            TransactionState state =
                    admin.describeTransactions(List.of(id)).description(id).get().state();
            return state == TransactionState.ONGOING;
        }
    }

    @Test
    void doesNotCallItTakenOverWhenNobodyWroteItselfDown() throws Exception {
        try (KafkaBusClient client = topic.client()) {
            client.open(Topic.lane(identity, "a"));
            client.prepare(TestLane.KEYLESS);
            try (KafkaProducer<byte[], byte[]> other = producer(LaneName.of(identity))) {
                other.initTransactions();
            }
            assertThatThrownBy(() -> client.write(LaneLoop.rows(1, 10)))
                    .isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("nobody has taken the lane")
                    .satisfies(
                            e ->
                                    assertThat(client.classify((Exception) e))
                                            .isEqualTo(Failure.TRANSIENT));
        }
        assertThat(numbers()).isEmpty();
    }

    @Test
    void anOpenTransactionOfAStrangerInTheTopicDoublesNothing() throws Exception {
        try (KafkaProducer<byte[], byte[]> stranger = producer("stranger " + topic.name())) {
            stranger.initTransactions();
            stranger.beginTransaction();
            stranger.send(new ProducerRecord<>(topic.name(), new byte[] {'x'})).get();
            try (KafkaBusClient client = topic.client()) {
                client.open(Topic.lane(identity, "a"));
                client.prepare(TestLane.KEYLESS);
                client.write(LaneLoop.rows(1, 10));
            }
            try (KafkaBusClient next = topic.client()) {
                assertThat(next.open(Topic.lane(identity, "b")).lastNumber()).isEqualTo(10);
                next.prepare(TestLane.KEYLESS);
                next.write(LaneLoop.rows(11, 20));
            }
            stranger.abortTransaction();
        }
        assertThat(numbers()).isEqualTo(upTo(20));
    }

    @Test
    void waitsForANeighboursOpenTransactionInTheLedger() throws Exception {
        try (KafkaBusClient client = topic.client()) {
            client.open(Topic.lane(identity, "a"));
        }
        String name = LaneName.of(identity);
        try (KafkaProducer<byte[], byte[]> neighbour = producer("neighbour " + topic.name());
                KafkaBusClient writer = topic.client();
                KafkaBusClient next = topic.client()) {
            writer.open(Topic.lane(identity, "b"));
            writer.prepare(TestLane.KEYLESS);
            neighbour.initTransactions();
            neighbour.beginTransaction();
            neighbour
                    .send(
                            new ProducerRecord<>(
                                    Ledger.TOPIC,
                                    Ledger.partitionOf(name),
                                    "other".getBytes(StandardCharsets.UTF_8),
                                    LedgerEntry.NONE.encoded()))
                    .get();
            writer.write(LaneLoop.rows(1, 10));
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
        String id = LaneName.of(identity);
        try (Admin admin = Topic.admin(topic.servers())) {
            return admin.describeTransactions(List.of(id)).description(id).get().producerEpoch();
        }
    }

    private long lastNumber(KafkaBusClient client, String run) {
        try {
            return client.open(Topic.lane(identity, run)).lastNumber();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void findsItsEntryFarBelowThoseOfABusyNeighbour() throws Exception {
        try (KafkaBusClient client = topic.client()) {
            client.open(Topic.lane(identity, "a"));
            client.prepare(TestLane.KEYLESS);
            client.write(LaneLoop.rows(1, 7));
        }
        int partition = Ledger.partitionOf(LaneName.of(identity));
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
                                                            Ledger.TOPIC,
                                                            partition,
                                                            other,
                                                            LedgerEntry.NONE.encoded())))
                            .toList();
            neighbour.flush();
            assertThat(sent).hasSize(30_000);
        }
        try (KafkaBusClient next = topic.client()) {
            assertThat(next.open(Topic.lane(identity, "b")).lastNumber()).isEqualTo(7);
        }
    }

    @Test
    void endsWhateverItWaitsForWhenClosedByAnotherThread() throws Exception {
        KafkaBusClient client = topic.client();
        client.open(Topic.lane(identity, "a"));
        client.prepare(TestLane.KEYLESS);
        CompletableFuture<Exception> writing =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                for (long from = 1; ; from += 1000) {
                                    client.write(LaneLoop.rows(from, from + 999));
                                }
                            } catch (Exception e) {
                                return e;
                            }
                        });
        await().until(() -> !numbers().isEmpty());
        client.close();
        assertThat(client.classify(writing.get())).isEqualTo(Failure.TRANSIENT);
        Lane again = new Lane(identity, "a", "writer of a", "host", "orders", true, 1);
        try (KafkaBusClient next = topic.client()) {
            long last = next.open(again).lastNumber();
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
        return topic.records().stream().map(Topic::number).toList();
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }
}
