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

/** {@code delivery: transactional} to Pulsar, with the command line tool. */
class PulsarTransactionalDeliveryITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
    @RegisterExtension static final SharedEventServers SERVERS = new SharedEventServers();

    private static final int ROWS = Integer.getInteger("road.rows", 16_000);
    private static final String[] MAPPING = {
        "watermark:\n  column: at\n  type: timestamp\n", "delivery: transactional\n"
    };

    private static PulsarClient client;

    @TempDir private Path directory;

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
    void deliversEachRowOnceAfterAKill(@FreshDatabase Database source) throws Exception {
        KafkaTransactionalDeliveryITCase.createOrders(source, ROWS / 2);
        String block =
                """
                type: pulsar
                host: %s
                port: %d
                table: killed
                """
                        .formatted(pulsar().host(), pulsar().port());
        EndToEndSetup setup =
                new EndToEndSetup(directory, source, source)
                        .with("global_sync:\n  interval_seconds: 2")
                        .with("checkpoint:\n  interval_seconds: 0.2")
                        .mappingInto("orders", "orders", block.indent(6), MAPPING);
        try (CliProcess first = setup.start();
                Reader<byte[]> reader = reader()) {
            await().atMost(Duration.ofMinutes(5))
                    .untilAsserted(
                            () ->
                                    assertThat(reader.readNext(100, TimeUnit.MILLISECONDS))
                                            .as(first.output())
                                            .isNotNull());
            first.kill();
        }
        // these rows are inserted after the kill, so the kill always comes before the end
        KafkaTransactionalDeliveryITCase.insertOrders(source, ROWS / 2 + 1, ROWS);

        CliProcess.Ended second = setup.runInThisJvm("--mode", "one_time");

        assertThat(second.exitCode()).as(second.output()).isZero();
        abortOpenTransactions();
        assertThat(sequenceNumbers(ROWS))
                .isEqualTo(LongStream.rangeClosed(1, ROWS).boxed().toList());
    }

    private static Reader<byte[]> reader() throws PulsarClientException {
        return client.newReader().topic("killed").startMessageId(MessageId.earliest).create();
    }

    /**
     * Aborts the open transactions of a killed run, which block readers until their timeout of ten
     * minutes. A shorter timeout could abort the transactions of a run on a slow machine.
     */
    private static void abortOpenTransactions() throws IOException {
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

    /** The sequence numbers of the first messages, at most {@code limit}. */
    private static List<Long> sequenceNumbers(int limit) throws Exception {
        List<Long> sequenceNumbers = new ArrayList<>();
        try (Reader<byte[]> reader = reader()) {
            Message<byte[]> message;
            while (sequenceNumbers.size() < limit
                    && (message = reader.readNext(120, TimeUnit.SECONDS)) != null) {
                String id = message.getProperty("event_id");
                sequenceNumbers.add(Long.valueOf(id.substring(id.lastIndexOf(':') + 1)));
            }
        }
        return sequenceNumbers;
    }
}
