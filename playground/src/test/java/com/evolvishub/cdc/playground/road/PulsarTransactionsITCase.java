package com.evolvishub.cdc.playground.road;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.servers.Availability;
import com.evolvishub.cdc.servers.Database;
import com.evolvishub.cdc.servers.FreshDatabase;
import com.evolvishub.cdc.servers.PostgresServer;
import com.evolvishub.cdc.servers.pulsar.PulsarServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.PulsarClientException;
import org.apache.pulsar.client.api.Reader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code delivery: transactional} into Pulsar, by the command line tool. */
class PulsarTransactionsITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final int ROWS = Integer.getInteger("road.rows", 100_000);
    private static final String[] MAPPING = {
        "watermark:\n  column: at\n  type: timestamp\n", "delivery: transactional\n"
    };

    private static PulsarServer pulsar;
    private static PulsarClient client;

    @TempDir private Path folder;

    @BeforeAll
    static void start() throws PulsarClientException {
        Availability.require(
                () ->
                        pulsar =
                                PulsarServer.builder()
                                        .parameter("transactionCoordinatorEnabled", "true")
                                        .start());
        client = PulsarClient.builder().serviceUrl(pulsar.serviceUrl()).build();
    }

    @AfterAll
    static void stop() throws PulsarClientException {
        if (client != null) {
            client.shutdown();
        }
        if (pulsar != null) {
            pulsar.close();
        }
    }

    @Test
    void bringsEachRowOnceThoughItIsKilled(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, note text, at timestamptz NOT NULL)",
                "INSERT INTO orders SELECT i, repeat('x', i %% 200), timestamptz '2024-01-01' + i / 100 * interval '1 s' FROM generate_series(1, %d) i"
                        .formatted(ROWS));
        String block =
                """
                type: pulsar
                host: %s
                port: %d
                table: killed
                transaction_timeout_seconds: 30
                """
                        .formatted(pulsar.host(), pulsar.port());
        Road road =
                new Road(folder, source, source)
                        .with("global_sync:\n  mode: one_time")
                        .with("checkpoint:\n  interval_seconds: 0.2")
                        .mappingInto("orders", "orders", block.indent(6), MAPPING);
        try (CliProcess first = road.start()) {
            await().atMost(Duration.ofMinutes(2)).until(() -> !first.isRunning() || isWritten());
            first.kill();
            assertThat(isWritten()).as(first.output()).isTrue();
        }

        CliProcess.Ended second = road.run();

        assertThat(second.exitCode()).as(second.output()).isZero();
        assertThat(numbers(ROWS)).isEqualTo(LongStream.rangeClosed(1, ROWS).boxed().toList());
    }

    private static Reader<byte[]> reader() throws PulsarClientException {
        return client.newReader().topic("killed").startMessageId(MessageId.earliest).create();
    }

    private static boolean isWritten() throws PulsarClientException {
        try (Reader<byte[]> reader = reader()) {
            return reader.readNext(100, TimeUnit.MILLISECONDS) != null;
        } catch (java.io.IOException e) {
            throw new PulsarClientException(e);
        }
    }

    /** What the first so many messages are numbered, as far as there are so many. */
    private static List<Long> numbers(int most) throws Exception {
        List<Long> numbers = new ArrayList<>();
        try (Reader<byte[]> reader = reader()) {
            // what a killed run left open holds up readers until its transaction is over time
            Message<byte[]> message;
            while (numbers.size() < most
                    && (message = reader.readNext(120, TimeUnit.SECONDS)) != null) {
                String id = message.getProperty("event_id");
                numbers.add(Long.valueOf(id.substring(id.lastIndexOf(':') + 1)));
            }
        }
        return numbers;
    }
}
