package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import com.evolvishub.cdc.testing.pulsar.PulsarServer;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
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
class PulsarTransactionalDeliveryITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
    @RegisterExtension static final SharedEventServers SERVERS = new SharedEventServers();

    private static final int ROWS = Integer.getInteger("road.rows", 16_000);
    private static final String[] MAPPING = {
        "watermark:\n  column: at\n  type: timestamp\n", "delivery: transactional\n"
    };

    private static PulsarClient client;

    @TempDir private Path folder;

    @BeforeAll
    static void connect() throws PulsarClientException {
        client = PulsarClient.builder().serviceUrl(pulsar().serviceUrl()).build();
    }

    @AfterAll
    static void disconnect() throws PulsarClientException {
        if (client != null) {
            client.shutdown();
        }
    }

    private static PulsarServer pulsar() {
        return SharedEventServers.get().pulsar();
    }

    @Test
    void bringsEachRowOnceThoughItIsKilled(@FreshDatabase Database source) throws Exception {
        KafkaTransactionalDeliveryITCase.createOrders(source, ROWS / 2);
        String block =
                """
                type: pulsar
                host: %s
                port: %d
                table: killed
                """
                        .formatted(pulsar().host(), pulsar().port());
        EndToEndSetup road =
                new EndToEndSetup(folder, source, source)
                        .with("global_sync:\n  interval_seconds: 2")
                        .with("checkpoint:\n  interval_seconds: 0.2")
                        .mappingInto("orders", "orders", block.indent(6), MAPPING);
        try (CliProcess first = road.start();
                Reader<byte[]> reader = reader()) {
            await().atMost(Duration.ofMinutes(5))
                    .untilAsserted(
                            () ->
                                    assertThat(reader.readNext(100, TimeUnit.MILLISECONDS))
                                            .as(first.output())
                                            .isNotNull());
            first.kill();
        }
        // however late the kill came, it came before the end
        KafkaTransactionalDeliveryITCase.insertOrders(source, ROWS / 2 + 1, ROWS);

        CliProcess.Ended second = road.runInThisJvm("--mode", "one_time");

        assertThat(second.exitCode()).as(second.output()).isZero();
        abortWhatIsOpen();
        assertThat(numbers(ROWS)).isEqualTo(LongStream.rangeClosed(1, ROWS).boxed().toList());
    }

    private static Reader<byte[]> reader() throws PulsarClientException {
        return client.newReader().topic("killed").startMessageId(MessageId.earliest).create();
    }

    /**
     * What a killed run left open holds up readers until its time is over, ten minutes. A shorter
     * time could also end the transactions of a run on a slow machine.
     */
    private static void abortWhatIsOpen() throws IOException {
        String open = pulsar().admin("GET", "/admin/v3/transactions/slowTransactions/0", "");
        new ObjectMapper()
                .readTree(open)
                .fieldNames()
                .forEachRemaining(
                        id ->
                                pulsar().admin(
                                                "POST",
                                                "/admin/v3/transactions/abortTransaction/"
                                                        + id.replaceAll("[() ]", "")
                                                                .replace(',', '/'),
                                                ""));
    }

    /** What the first so many messages are numbered, as far as there are so many. */
    private static List<Long> numbers(int most) throws Exception {
        List<Long> numbers = new ArrayList<>();
        try (Reader<byte[]> reader = reader()) {
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
