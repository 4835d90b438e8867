package com.evolvishub.cdc.connectors.pulsar.transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.connectors.pulsar.PulsarTestTopic;
import com.evolvishub.cdc.connectors.pulsar.message.OutboundMessage;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarEndpoint;
import com.evolvishub.cdc.connectors.pulsar.session.PulsarSession;
import com.evolvishub.cdc.connectors.pulsar.session.TransactionCoordinatorClient;
import com.evolvishub.cdc.formats.MessageEncoders;
import com.evolvishub.cdc.formats.message.MessageEncoder;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.testing.network.MessageDelay;
import com.evolvishub.cdc.testing.network.TcpProxy;
import com.evolvishub.cdc.testing.process.ServerAvailability;
import com.evolvishub.cdc.testing.pulsar.PulsarServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.flink.api.connector.sink2.Committer.CommitRequest;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.interceptor.ProducerInterceptor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The guarantees of {@code delivery: transactional} when a broker is slow or unavailable. */
@Timeout(300)
class PulsarTransactionWriterITCase {

    /** Command types, as numbered in PulsarApi.proto. */
    private static final int SEND_RECEIPT = 7;

    private static final int ADD_PARTITION_TO_TXN_RESPONSE = 53;

    private static final AtomicInteger DELAYED_TYPE = new AtomicInteger();
    private static final MessageDelay DELAY =
            MessageDelay.ofAnswers(message -> message[4] == 8 && message[5] == DELAYED_TYPE.get());
    private static final TcpProxy PROXY = TcpProxy.listening().holding(DELAY);

    private static PulsarServer pulsar;

    private final PulsarTestTopic topic =
            PulsarTestTopic.on(pulsar).with("service_url", "pulsar://127.0.0.1:" + PROXY.port());

    @BeforeAll
    static void start() {
        ServerAvailability.require(
                () ->
                        pulsar =
                                PulsarServer.builder()
                                        .parameter("transactionCoordinatorEnabled", "true")
                                        .behindProxy(PROXY)
                                        .start());
        PROXY.to(pulsar.host(), pulsar.proxiedPort());
    }

    @AfterAll
    static void stop() {
        PROXY.close();
        if (pulsar != null) {
            pulsar.close();
        }
    }

    private PulsarTransactionWriter writer() {
        return new PulsarTransactionWriter(target());
    }

    private PulsarEndpoint target() {
        return target(topic.endpoint().connection().timeout());
    }

    private PulsarEndpoint target(Duration timeout) {
        EndpointSpec endpoint = topic.endpoint();
        ConnectionSpec to = endpoint.connection();
        ConnectionSpec connection =
                new ConnectionSpec(
                        to.host(),
                        to.port(),
                        to.database(),
                        to.username(),
                        to.password(),
                        to.tls(),
                        timeout,
                        to.parameters());
        TestPipeline testPipeline =
                TestPipeline.into(
                        new EndpointSpec(
                                endpoint.type(),
                                connection,
                                endpoint.schema(),
                                endpoint.table(),
                                endpoint.options()));
        return new PulsarEndpoint(testPipeline.with(DeliveryMode.TRANSACTIONAL).pipeline());
    }

    private static void write(PulsarTransactionWriter writer, List<ChangeRow> rows)
            throws Exception {
        for (ChangeRow row : rows) {
            writer.write(row, null);
        }
    }

    private void commit(PulsarTransactionWriter writer) throws Exception {
        PulsarTransactionCommitter committer = new PulsarTransactionCommitter(target());
        try {
            committer.commit(
                    writer.prepareCommit().stream().map(Request::new).collect(Collectors.toList()));
        } finally {
            committer.close();
        }
    }

    private static void holdNext(int type) {
        DELAYED_TYPE.set(type);
        DELAY.holdNext();
    }

    /**
     * The client's thread is about to queue the first row when the second row is sent. The sender
     * must wait for the first one; otherwise the order is 2, 1.
     */
    @Test
    void noRowOvertakesOneThatTheClientIsAboutToQueue() throws Exception {
        CountDownLatch queueing = new CountDownLatch(1);
        CountDownLatch proceed = new CountDownLatch(1);
        PulsarSession session = PulsarSession.withTransactions(target());
        try (PulsarClient client = PulsarClient.builder().serviceUrl(pulsar.serviceUrl()).build()) {
            PulsarTransaction.Topic partitions =
                    new PulsarTransaction.Topic(
                            List.of(target().topic()),
                            partition ->
                                    client.newProducer()
                                            .topic(partition)
                                            .sendTimeout(0, TimeUnit.SECONDS)
                                            .intercept(slow(1, queueing, proceed))
                                            .create());
            PulsarTransaction transaction =
                    PulsarTransaction.begin(session, partitions, Duration.ofMinutes(1));
            FutureTask<Void> sending =
                    new FutureTask<>(
                            () -> {
                                transaction.send(message(1));
                                queueing.await();
                                transaction.send(message(2));
                                return null;
                            });
            Thread sender = new Thread(sending);
            sender.start();
            queueing.await();
            await().until(
                            () ->
                                    sending.isDone()
                                            || sender.getState() == Thread.State.TIMED_WAITING);
            proceed.countDown();
            sending.get();
            transaction.awaitAll();
            new TransactionCoordinatorClient(session).commit(transaction.toCommittable().id());
        } finally {
            session.close();
        }

        assertThat(topic.sequences()).containsExactly(1L, 2L);
    }

    private OutboundMessage message(long sequence) throws Exception {
        MessageEncoder encoder = MessageEncoders.of(target().pipeline());
        return OutboundMessage.of(sequence, encoder.encode(PulsarTestTopic.row(sequence)));
    }

    /** Blocks the client's thread just before it queues a message. */
    @SuppressWarnings("rawtypes") // as in the client's interface
    private static ProducerInterceptor slow(
            long sequence, CountDownLatch queueing, CountDownLatch proceed) {
        return new ProducerInterceptor() {
            @Override
            public boolean eligible(Message message) {
                return message.getSequenceId() == sequence;
            }

            @Override
            public Message beforeSend(Producer producer, Message message) {
                queueing.countDown();
                try {
                    proceed.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return message;
            }

            @Override
            public void onSendAcknowledgement(
                    Producer producer, Message message, MessageId id, Throwable failure) {}

            @Override
            public void close() {}
        };
    }

    private static List<Long> upTo(int last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    private static CompletableFuture<Void> writing(
            PulsarTransactionWriter writer, List<ChangeRow> rows) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        write(writer, rows);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    @Test
    void keepsTheOrderInEachPartition() throws Exception {
        topic.partitioned(3);
        try (PulsarTransactionWriter writer = writer()) {
            for (long checkpoint = 0; checkpoint < 5; checkpoint++) {
                write(writer, PulsarTestTopic.rows(200 * checkpoint + 1, 200 * (checkpoint + 1)));
                commit(writer);
            }
        }

        List<Message<byte[]>> messages = topic.messages();
        assertThat(messages).hasSize(1000);
        assertThat(messages.stream().collect(Collectors.groupingBy(Message::getTopicName)).values())
                .hasSize(3)
                .allSatisfy(
                        partition ->
                                assertThat(partition.stream().map(Message::getSequenceId).toList())
                                        .isSorted());
    }

    @Test
    void duplicatesNoRowWhenTheConnectionBreaksBeforeTheAcknowledgement() throws Exception {
        try (PulsarTransactionWriter writer = writer()) {
            write(writer, PulsarTestTopic.rows(1, 5));
            commit(writer);
            write(writer, PulsarTestTopic.rows(6, 6));
            writer.flush(false);
            holdNext(SEND_RECEIPT);
            write(writer, PulsarTestTopic.rows(7, 10));
            CompletableFuture<Void> flushing =
                    CompletableFuture.runAsync(
                            () -> {
                                try {
                                    writer.flush(false);
                                } catch (Exception e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            // the broker has written the rows
            await().until(DELAY::isHolding);
            PROXY.refuseConnections();
            PROXY.restore();
            DELAY.release();

            assertThatThrownBy(flushing::get)
                    .rootCause()
                    .hasMessageContaining("has closed the connection");
        }

        // as a restarted task does
        try (PulsarTransactionWriter again = writer()) {
            write(again, PulsarTestTopic.rows(6, 20));
            commit(again);
        }
        assertThat(topic.sequences()).isEqualTo(upTo(20));
    }

    @Test
    void failsTheTaskAndLosesNothingWhenTheCoordinatorDoesNotRespond() throws Exception {
        try (PulsarTransactionWriter writer = writer()) {
            write(writer, PulsarTestTopic.rows(1, 5));
            commit(writer);
            holdNext(ADD_PARTITION_TO_TXN_RESPONSE);
            CompletableFuture<Void> writing = writing(writer, PulsarTestTopic.rows(6, 10));
            await().until(DELAY::isHolding);
            PROXY.refuseConnections();
            PROXY.restore();
            DELAY.release();

            assertThatThrownBy(writing::get).hasRootCauseInstanceOf(IOException.class);
        }
        try (PulsarTransactionWriter again = writer()) {
            write(again, PulsarTestTopic.rows(6, 10));
            commit(again);
        }
        assertThat(topic.sequences()).isEqualTo(upTo(10));
    }

    @Test
    void committingACommittedTransactionAgainIsNoError() throws Exception {
        try (PulsarTransactionWriter writer = writer()) {
            write(writer, PulsarTestTopic.rows(1, 3));
            List<Request> requests =
                    writer.prepareCommit().stream().map(Request::new).collect(Collectors.toList());
            PulsarTransactionCommitter committer = new PulsarTransactionCommitter(target());
            committer.commit(List.copyOf(requests));
            committer.commit(List.copyOf(requests));
            committer.close();
            assertThat(requests.get(0).alreadyCommitted).isTrue();
        }

        assertThat(topic.sequences()).isEqualTo(upTo(3));
    }

    @Test
    void commitsOnceTheServerIsAvailableAgain() throws Exception {
        PulsarTransactionCommitter committer = new PulsarTransactionCommitter(target());
        PulsarTransactionCommitter impatient =
                new PulsarTransactionCommitter(target(Duration.ofSeconds(1)));
        try (PulsarTransactionWriter writer = writer()) {
            write(writer, PulsarTestTopic.rows(1, 3));
            committer.commit(requests(writer));
            write(writer, PulsarTestTopic.rows(4, 6));
            List<CommitRequest<PulsarCommittable>> second = requests(writer);
            PROXY.refuseConnections();
            assertThatThrownBy(() -> impatient.commit(second))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(
                            "orders: cannot commit rows 4 to 6 at the destination:");
            PROXY.restore();
            // its connection is broken by now
            committer.commit(second);
        } finally {
            committer.close();
            impatient.close();
        }

        assertThat(topic.sequences()).isEqualTo(upTo(6));
    }

    private static List<CommitRequest<PulsarCommittable>> requests(PulsarTransactionWriter writer)
            throws Exception {
        return writer.prepareCommit().stream().map(Request::new).collect(Collectors.toList());
    }

    @Test
    void serializesAndDeserializesACommittable() throws Exception {
        PulsarCommittable transaction = new PulsarCommittable(1, 2, 3, 4, 5);
        PulsarCommittableSerializer serializer = new PulsarCommittableSerializer();

        assertThat(serializer.deserialize(2, serializer.serialize(transaction)))
                .isEqualTo(transaction);
        assertThatThrownBy(() -> serializer.deserialize(1, new byte[40]))
                .hasMessageContaining("written in format 1; this build reads format 2");
    }

    /** A commit request as Flink passes it to a committer. */
    private static final class Request implements CommitRequest<PulsarCommittable> {
        private final PulsarCommittable transaction;
        private boolean alreadyCommitted;

        private Request(PulsarCommittable transaction) {
            this.transaction = transaction;
        }

        @Override
        public PulsarCommittable getCommittable() {
            return transaction;
        }

        @Override
        public int getNumberOfRetries() {
            return 0;
        }

        @Override
        public void signalFailedWithKnownReason(Throwable failure) {
            throw new AssertionError(failure);
        }

        @Override
        public void signalFailedWithUnknownReason(Throwable failure) {
            throw new AssertionError(failure);
        }

        @Override
        public void retryLater() {
            throw new AssertionError("nothing is put off");
        }

        @Override
        public void updateAndRetryLater(PulsarCommittable other) {
            throw new AssertionError("nothing is put off");
        }

        @Override
        public void signalAlreadyCommitted() {
            alreadyCommitted = true;
        }
    }
}
