package com.evolvishub.cdc.connectors.kafka.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.connectors.kafka.KafkaTestTopic;
import com.evolvishub.cdc.connectors.kafka.WriterLoop;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.RowRejectedException;
import com.evolvishub.cdc.testing.kafka.KafkaListener;
import com.evolvishub.cdc.testing.kafka.KafkaServer;
import com.evolvishub.cdc.testing.network.MessageDelay;
import com.evolvishub.cdc.testing.network.TcpProxy;
import com.evolvishub.cdc.testing.process.ServerAvailability;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checks the order of rows in a slow network: requests that the client has given up arrive
 * nevertheless.
 *
 * <p>The broker does not verify with the coordinator that a message belongs to a transaction
 * (KIP-890), like brokers before 3.6.
 */
@Timeout(120)
class KafkaOrderingITCase {

    private static final int PRODUCE = 0;
    private static final int END_TRANSACTION = 26;

    /** A row is sent immediately, and the client itself rejects a large one. */
    private static final Map<String, String> SENDING_IMMEDIATELY =
            Map.of("linger.ms", "0", "max.request.size", "1000");

    private static final TcpProxy PROXY = TcpProxy.listening();

    private static KafkaServer kafka;

    private KafkaTestTopic topic;
    private final MessageDelay end =
            MessageDelay.ofRequests(request -> kind(request) == END_TRANSACTION);
    private MessageDelay produce;

    @BeforeAll
    static void start() {
        ServerAvailability.require(
                () ->
                        kafka =
                                KafkaServer.builder()
                                        .parameter(
                                                "transaction.partition.verification.enable",
                                                "false")
                                        .behindProxy(PROXY)
                                        .start());
        String address = kafka.bootstrapServers(KafkaListener.BEHIND_PROXY);
        int colon = address.lastIndexOf(':');
        PROXY.to(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    }

    @AfterAll
    static void stop() {
        PROXY.close();
        if (kafka != null) {
            kafka.close();
        }
    }

    @BeforeEach
    void freshTopic() throws Exception {
        topic = KafkaTestTopic.fresh(kafka.bootstrapServers());
        topic.create(1, Map.of());
        produce = MessageDelay.ofRequests(request -> isProduce(request, topic.name()));
        PROXY.holding(produce);
    }

    private static boolean isProduce(byte[] request, String topic) {
        return kind(request) == PRODUCE
                && new String(request, StandardCharsets.ISO_8859_1).contains(topic);
    }

    private static int kind(byte[] request) {
        return request[0] << 8 | request[1];
    }

    /** Sends each row in its own request. */
    private TestPipeline testPipeline(Map<String, String> options, Map<String, String> parameters) {
        KafkaTestTopic slow =
                topic.at("127.0.0.1:" + PROXY.port()).withParameter("batch.size", "0");
        for (Map.Entry<String, String> each : options.entrySet()) {
            slow = slow.with(each.getKey(), each.getValue());
        }
        for (Map.Entry<String, String> each : parameters.entrySet()) {
            slow = slow.withParameter(each.getKey(), each.getValue());
        }
        return slow.testPipeline();
    }

    private KafkaDestinationClient opened(TestPipeline testPipeline) throws Exception {
        KafkaDestinationClient client = KafkaTestTopic.client(testPipeline);
        client.open(KafkaTestTopic.writerIdentity("file/" + topic.name(), "a"));
        client.prepare(TestPipeline.KEYED);
        return client;
    }

    private static Thread writing(
            KafkaDestinationClient client, List<ChangeRow> rows, FutureTask<?>[] to) {
        FutureTask<Void> task =
                new FutureTask<>(
                        () -> {
                            client.write(rows);
                            return null;
                        });
        to[0] = task;
        Thread writer = new Thread(task);
        writer.start();
        return writer;
    }

    private List<Long> sequences(String isolation) {
        return topic.records(isolation).stream().map(KafkaTestTopic::sequence).toList();
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"all", "1"})
    void atLeastOnceKeepsTheOrderWhenTheConnectionBreaks(String acks) throws Exception {
        TestPipeline testPipeline =
                testPipeline(Map.of("acks", acks), Map.of()).with(DeliveryMode.AT_LEAST_ONCE);
        try (KafkaDestinationClient client = opened(testPipeline)) {
            client.write(WriterLoop.rows(1, 1));
            produce.holdNext();
            FutureTask<?>[] task = new FutureTask<?>[1];
            Thread writer = writing(client, WriterLoop.rows(2, 10), task);
            // all rows are in Kafka's client, which waits for the first response
            await().until(() -> produce.isHolding() && isFlushing(writer));
            PROXY.refuseConnections();
            PROXY.restore();
            produce.release();
            task[0].get();
        }

        assertThat(sequences("read_uncommitted")).isEqualTo(upTo(10));
    }

    private static boolean isFlushing(Thread writer) {
        for (StackTraceElement frame : writer.getStackTrace()) {
            if (frame.getMethodName().equals("flush")) {
                return writer.getState() == Thread.State.WAITING;
            }
        }
        return false;
    }

    /** The client gives up a request and retries it; the first one arrives much later. */
    @Test
    void aDelayedRequestAddsNothingToTheNextTransaction() throws Exception {
        try (KafkaDestinationClient client =
                opened(testPipeline(Map.of(), Map.of("request.timeout.ms", "2000")))) {
            client.write(WriterLoop.rows(1, 3));
            produce.holdNext();
            FutureTask<?>[] task = new FutureTask<?>[1];
            Thread unused = writing(client, WriterLoop.rows(4, 6), task);
            await().until(produce::isHolding);
            PROXY.holding(end);
            task[0].get();
            deliverDelayedRequestBeforeCommit(client, WriterLoop.rows(7, 9));
            client.write(WriterLoop.rows(10, 12));
        }

        assertThat(sequences("read_committed")).isEqualTo(upTo(12));
    }

    /**
     * The delayed request arrives between the last of these rows and the end of their transaction.
     */
    private void deliverDelayedRequestBeforeCommit(
            KafkaDestinationClient client, List<ChangeRow> rows) throws Exception {
        end.holdNext();
        FutureTask<?>[] task = new FutureTask<?>[1];
        Thread unused = writing(client, rows, task);
        await().until(end::isHolding);
        produce.release();
        await().until(produce::isAnswered);
        end.release();
        task[0].get();
    }

    /**
     * The batch is not retried: the pipeline is opened again, and the request arrives during its
     * next transaction.
     */
    @Test
    void aRequestOfAnAbortedTransactionDoesNotJoinTheNextOne() throws Exception {
        KafkaDestinationClient client = opened(testPipeline(Map.of(), Map.of()));
        client.write(WriterLoop.rows(1, 3));
        produce.holdNext();
        FutureTask<?>[] abandoned = new FutureTask<?>[1];
        Thread writer = writing(client, WriterLoop.rows(4, 6), abandoned);
        await().until(produce::isHolding);
        client.close();
        writer.interrupt();
        assertThatThrownBy(() -> abandoned[0].get()).isInstanceOf(ExecutionException.class);
        PROXY.holding(end);
        try (KafkaDestinationClient again =
                KafkaTestTopic.client(testPipeline(Map.of(), Map.of()))) {
            long sequence =
                    again.open(KafkaTestTopic.writerIdentity("file/" + topic.name(), "b"))
                            .lastSequence();
            assertThat(sequence).isEqualTo(3);
            again.prepare(TestPipeline.KEYED);
            deliverDelayedRequestBeforeCommit(again, WriterLoop.rows(4, 5));
        }

        assertThat(sequences("read_committed")).isEqualTo(upTo(5));
    }

    /** A rejected row aborts the transaction while one of its requests is in flight. */
    @Test
    void aRequestOfABatchWithARejectedRowDoesNotJoinTheNextTransaction() throws Exception {
        try (KafkaDestinationClient client = opened(testPipeline(Map.of(), SENDING_IMMEDIATELY))) {
            client.write(WriterLoop.rows(1, 3));
            produce.holdNext();
            assertThatThrownBy(() -> client.write(rowsWithAnOversizedSecond()))
                    .isInstanceOf(RowRejectedException.class);
            produce.release();
            await().until(produce::isAnswered);
            client.write(WriterLoop.rows(4, 5));
        }

        assertThat(sequences("read_committed")).isEqualTo(upTo(5));
    }

    private List<ChangeRow> rowsWithAnOversizedSecond() {
        return new AbstractList<>() {
            @Override
            public ChangeRow get(int index) {
                if (index == 1) {
                    await().until(produce::isHolding);
                }
                return row(4 + index, index == 1 ? 5000 : 5);
            }

            @Override
            public int size() {
                return 3;
            }
        };
    }

    private static ChangeRow row(long sequence, int length) {
        return TestPipeline.row(TestPipeline.KEYED, Long.toString(sequence), "x".repeat(length))
                .withSequence(sequence);
    }
}
