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
 * What a slow network does to the order of rows: requests that were given up by the client arrive
 * all the same.
 *
 * <p>The broker is one that trusts its clients: it does not ask the coordinator whether a message
 * belongs to a transaction (KIP-890), as those before 3.6 did not.
 */
@Timeout(120)
class KafkaOrderingITCase {

    private static final int PRODUCE = 0;
    private static final int END_TRANSACTION = 26;

    /** A row is sent at once, and a large one is refused by the client itself. */
    private static final Map<String, String> SENDING_AT_ONCE =
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

    /** Each row is a request of its own. */
    private TestPipeline lane(Map<String, String> options, Map<String, String> parameters) {
        KafkaTestTopic slow =
                topic.at("127.0.0.1:" + PROXY.port()).withParameter("batch.size", "0");
        for (Map.Entry<String, String> each : options.entrySet()) {
            slow = slow.with(each.getKey(), each.getValue());
        }
        for (Map.Entry<String, String> each : parameters.entrySet()) {
            slow = slow.withParameter(each.getKey(), each.getValue());
        }
        return slow.lane();
    }

    private KafkaDestinationClient opened(TestPipeline lane) throws Exception {
        KafkaDestinationClient client = KafkaTestTopic.client(lane);
        client.open(KafkaTestTopic.lane("file/" + topic.name(), "a"));
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

    private List<Long> numbers(String isolation) {
        return topic.records(isolation).stream().map(KafkaTestTopic::number).toList();
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"all", "1"})
    void keepsTheOrderAtLeastOnceWhenTheConnectionBreaks(String acks) throws Exception {
        TestPipeline lane = lane(Map.of("acks", acks), Map.of()).with(DeliveryMode.AT_LEAST_ONCE);
        try (KafkaDestinationClient client = opened(lane)) {
            client.write(WriterLoop.rows(1, 1));
            produce.holdNext();
            FutureTask<?>[] task = new FutureTask<?>[1];
            Thread writer = writing(client, WriterLoop.rows(2, 10), task);
            // all rows are handed to Kafka's client, and it waits for the first answer
            await().until(() -> produce.isHolding() && isFlushing(writer));
            PROXY.refuseConnections();
            PROXY.restore();
            produce.release();
            task[0].get();
        }

        assertThat(numbers("read_uncommitted")).isEqualTo(upTo(10));
    }

    private static boolean isFlushing(Thread writer) {
        for (StackTraceElement frame : writer.getStackTrace()) {
            if (frame.getMethodName().equals("flush")) {
                return writer.getState() == Thread.State.WAITING;
            }
        }
        return false;
    }

    /** The client gives a request up, tries it again, and the first one arrives much later. */
    @Test
    void aRequestThatArrivesInTheNextTransactionAddsNothing() throws Exception {
        try (KafkaDestinationClient client =
                opened(lane(Map.of(), Map.of("request.timeout.ms", "2000")))) {
            client.write(WriterLoop.rows(1, 3));
            produce.holdNext();
            FutureTask<?>[] task = new FutureTask<?>[1];
            Thread unused = writing(client, WriterLoop.rows(4, 6), task);
            await().until(produce::isHolding);
            PROXY.holding(end);
            task[0].get();
            arriveBeforeTheCommit(client, WriterLoop.rows(7, 9));
            client.write(WriterLoop.rows(10, 12));
        }

        assertThat(numbers("read_committed")).isEqualTo(upTo(12));
    }

    /** What is held back arrives between the last row of these and the end of their transaction. */
    private void arriveBeforeTheCommit(KafkaDestinationClient client, List<ChangeRow> rows)
            throws Exception {
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
     * Given up for good: the lane is opened anew, and the request arrives in its next transaction.
     */
    @Test
    void aRequestOfATransactionThatWasGivenUpDoesNotJoinTheNextOne() throws Exception {
        KafkaDestinationClient client = opened(lane(Map.of(), Map.of()));
        client.write(WriterLoop.rows(1, 3));
        produce.holdNext();
        FutureTask<?>[] givenUp = new FutureTask<?>[1];
        Thread writer = writing(client, WriterLoop.rows(4, 6), givenUp);
        await().until(produce::isHolding);
        client.close();
        writer.interrupt();
        assertThatThrownBy(() -> givenUp[0].get()).isInstanceOf(ExecutionException.class);
        PROXY.holding(end);
        try (KafkaDestinationClient again = KafkaTestTopic.client(lane(Map.of(), Map.of()))) {
            long number =
                    again.open(KafkaTestTopic.lane("file/" + topic.name(), "b")).lastSequence();
            assertThat(number).isEqualTo(3);
            again.prepare(TestPipeline.KEYED);
            arriveBeforeTheCommit(again, WriterLoop.rows(4, 5));
        }

        assertThat(numbers("read_committed")).isEqualTo(upTo(5));
    }

    /** A bad row ends the transaction while a request of it is still on its way. */
    @Test
    void aRequestOfABatchWithABadRowDoesNotJoinTheNextOne() throws Exception {
        try (KafkaDestinationClient client = opened(lane(Map.of(), SENDING_AT_ONCE))) {
            client.write(WriterLoop.rows(1, 3));
            produce.holdNext();
            assertThatThrownBy(() -> client.write(badRowOnceTheFirstIsSent()))
                    .isInstanceOf(RowRejectedException.class);
            produce.release();
            await().until(produce::isAnswered);
            client.write(WriterLoop.rows(4, 5));
        }

        assertThat(numbers("read_committed")).isEqualTo(upTo(5));
    }

    private List<ChangeRow> badRowOnceTheFirstIsSent() {
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

    private static ChangeRow row(long number, int length) {
        return TestPipeline.row(TestPipeline.KEYED, Long.toString(number), "x".repeat(length))
                .withSequence(number);
    }
}
