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

/** Several writers of one pipeline, and other producers of the same topics. */
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
    void aFrozenWriterWritesNothingAfterATakeover() throws Exception {
        try (KafkaWriterProcess staleWriter =
                        KafkaWriterProcess.start(topic, 30, identity, "a", Long.MAX_VALUE);
                KafkaDestinationClient newWriter = topic.client()) {
            staleWriter.await(line -> line.startsWith("wrote"));
            freezeInOpenTransaction(staleWriter);
            long last = newWriter.open(KafkaTestTopic.writerIdentity(identity, "b")).lastSequence();
            newWriter.prepare(TestPipeline.KEYLESS);
            newWriter.write(WriterLoop.rows(last + 1, last + 100));

            staleWriter.thaw();

            assertThat(staleWriter.await(line -> line.startsWith("taken")))
                    .isEqualTo("taken over by run b on host host of b");
            newWriter.write(WriterLoop.rows(last + 101, last + 200));
            assertThat(sequences()).isEqualTo(upTo(last + 200));
        }
    }

    @Test
    void aTransactionAbortedByTheBrokerIsNotReportedAsATakeover() throws Exception {
        try (KafkaWriterProcess writer =
                KafkaWriterProcess.start(topic, 1, identity, "a", Long.MAX_VALUE)) {
            writer.await(line -> line.startsWith("wrote"));
            freezeInOpenTransaction(writer);
            await().until(() -> !ongoing());

            writer.thaw();

            // on a busy machine it may have reported other outages before
            writer.await(line -> line.matches("again: .*nobody has taken the lane.*"));
            writer.await(line -> line.startsWith("open"));
            writer.await(line -> line.startsWith("wrote"));
        }
        try (KafkaDestinationClient next = topic.client()) {
            assertThat(sequences())
                    .isEqualTo(
                            upTo(
                                    next.open(KafkaTestTopic.writerIdentity(identity, "b"))
                                            .lastSequence()));
        }
    }

    /** Freezes it while its transaction is open. */
    private void freezeInOpenTransaction(KafkaWriterProcess writer) {
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
    void reportsNoTakeoverWithoutANewProgressRecord() throws Exception {
        try (KafkaDestinationClient client = topic.client()) {
            client.open(KafkaTestTopic.writerIdentity(identity, "a"));
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
        assertThat(sequences()).isEmpty();
    }

    @Test
    void anOpenTransactionOfAnotherProducerInTheTopicDuplicatesNothing() throws Exception {
        try (KafkaProducer<byte[], byte[]> otherProducer = producer("stranger " + topic.name())) {
            otherProducer.initTransactions();
            otherProducer.beginTransaction();
            otherProducer.send(new ProducerRecord<>(topic.name(), new byte[] {'x'})).get();
            try (KafkaDestinationClient client = topic.client()) {
                client.open(KafkaTestTopic.writerIdentity(identity, "a"));
                client.prepare(TestPipeline.KEYLESS);
                client.write(WriterLoop.rows(1, 10));
            }
            try (KafkaDestinationClient next = topic.client()) {
                assertThat(next.open(KafkaTestTopic.writerIdentity(identity, "b")).lastSequence())
                        .isEqualTo(10);
                next.prepare(TestPipeline.KEYLESS);
                next.write(WriterLoop.rows(11, 20));
            }
            otherProducer.abortTransaction();
        }
        assertThat(sequences()).isEqualTo(upTo(20));
    }

    @Test
    void waitsForAnOpenTransactionOfAnotherPipelineInTheProgressTopic() throws Exception {
        try (KafkaDestinationClient client = topic.client()) {
            client.open(KafkaTestTopic.writerIdentity(identity, "a"));
        }
        String name = KafkaPipelineId.of(identity);
        try (KafkaProducer<byte[], byte[]> otherPipeline = producer("neighbour " + topic.name());
                KafkaDestinationClient writer = topic.client();
                KafkaDestinationClient next = topic.client()) {
            writer.open(KafkaTestTopic.writerIdentity(identity, "b"));
            writer.prepare(TestPipeline.KEYLESS);
            otherPipeline.initTransactions();
            otherPipeline.beginTransaction();
            otherPipeline
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
                    CompletableFuture.supplyAsync(() -> lastSequence(next, "c"));
            // the writer is fenced: the opening is past its first read
            await().until(() -> producerEpoch() > before);
            assertThat(opening).isNotDone();
            otherPipeline.commitTransaction();
            assertThat(opening.join()).isEqualTo(10);
        }
        assertThat(sequences()).isEqualTo(upTo(10));
    }

    /** Kafka's producer epoch of this pipeline's transactional id. */
    private int producerEpoch() throws Exception {
        String id = KafkaPipelineId.of(identity);
        try (Admin admin = KafkaTestTopic.admin(topic.servers())) {
            return admin.describeTransactions(List.of(id)).description(id).get().producerEpoch();
        }
    }

    private long lastSequence(KafkaDestinationClient client, String run) {
        try {
            return client.open(KafkaTestTopic.writerIdentity(identity, run)).lastSequence();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void findsItsRecordFarBeforeThoseOfABusyPipeline() throws Exception {
        try (KafkaDestinationClient client = topic.client()) {
            client.open(KafkaTestTopic.writerIdentity(identity, "a"));
            client.prepare(TestPipeline.KEYLESS);
            client.write(WriterLoop.rows(1, 7));
        }
        int partition = KafkaProgressStore.partitionOf(KafkaPipelineId.of(identity));
        byte[] other = "other".getBytes(StandardCharsets.UTF_8);
        try (KafkaProducer<byte[], byte[]> otherPipeline =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", topic.servers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            List<?> sent =
                    IntStream.range(0, 30_000)
                            .mapToObj(
                                    i ->
                                            otherPipeline.send(
                                                    new ProducerRecord<>(
                                                            KafkaProgressStore.TOPIC,
                                                            partition,
                                                            other,
                                                            KafkaProgressRecord.NONE.encoded())))
                            .toList();
            otherPipeline.flush();
            assertThat(sent).hasSize(30_000);
        }
        try (KafkaDestinationClient next = topic.client()) {
            assertThat(next.open(KafkaTestTopic.writerIdentity(identity, "b")).lastSequence())
                    .isEqualTo(7);
        }
    }

    @Test
    void stopsWaitingWhenClosedByAnotherThread() throws Exception {
        KafkaDestinationClient client = topic.client();
        client.open(KafkaTestTopic.writerIdentity(identity, "a"));
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
        await().until(() -> !sequences().isEmpty());
        client.close();
        assertThat(client.classify(writing.get())).isEqualTo(FailureKind.TRANSIENT);
        WriterIdentity again =
                new WriterIdentity(identity, "a", "writer of a", "host", "orders", true, 1);
        try (KafkaDestinationClient next = topic.client()) {
            long last = next.open(again).lastSequence();
            assertThat(sequences()).isEqualTo(upTo(last));
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(String transactionalId) {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        KAFKA.bootstrapServers(),
                        "transactional.id",
                        transactionalId,
                        // it must stay open until the test ends it
                        "transaction.timeout.ms",
                        "600000"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private List<Long> sequences() {
        return topic.records().stream().map(KafkaTestTopic::sequence).toList();
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }
}
