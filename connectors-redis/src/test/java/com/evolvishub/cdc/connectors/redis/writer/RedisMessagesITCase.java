package com.evolvishub.cdc.connectors.redis.writer;

import static com.evolvishub.cdc.connectors.redis.RedisTestStream.ids;
import static com.evolvishub.cdc.connectors.redis.RedisTestStream.row;
import static com.evolvishub.cdc.connectors.redis.RedisTestStream.rows;
import static com.evolvishub.cdc.connectors.redis.RedisTestStream.writerIdentity;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.connectors.redis.RedisStreamsConnector;
import com.evolvishub.cdc.connectors.redis.RedisTestStream;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.RowRejectedException;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import com.evolvishub.cdc.testing.redis.RedisServer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class RedisMessagesITCase {

    @RegisterExtension static final RedisServer REDIS = RedisServer.shared();

    private RedisTestStream destination;

    @BeforeEach
    void freshStream() {
        destination = RedisTestStream.at(REDIS);
    }

    private void write(RedisTestStream to, List<ChangeRow> rows) throws Exception {
        try (RedisDestinationClient client = to.client()) {
            client.open(writerIdentity("a"));
            client.prepare(TestPipeline.KEYED);
            client.write(rows);
        }
    }

    /** Fields and values of the only entry. */
    private static List<String> entry(String stream) {
        String whole = REDIS.command("XRANGE", stream, "-", "+");
        List<String> lines = List.of(whole.split("\n", -1));
        return lines.subList(1, lines.size());
    }

    @Test
    void writesAttributesKeyAndPayload() throws Exception {
        ChangeRow row =
                ChangeRow.of(
                        Operation.UPSERT,
                        TestPipeline.KEYED,
                        "7\tBea".getBytes(StandardCharsets.UTF_8),
                        "2026-01-01 00:00:00".getBytes(StandardCharsets.UTF_8));
        write(destination, List.of(row.withSequence(3)));

        assertThat(entry(destination.stream()))
                .containsExactly(
                        "op", "u",
                        "mapping", "orders",
                        "watermark", "2026-01-01 00:00:00",
                        "event_id", "file/orders:0000000000000000003",
                        "key", "{\"id\":7}",
                        "payload", "{\"id\":7,\"name\":\"Bea\"}");
    }

    @Test
    void writesADeleteWithItsKeyAndAnEmptyPayload() throws Exception {
        ChangeRow delete = TestPipeline.row(Operation.DELETE, TestPipeline.KEYED, "7");
        write(destination, List.of(delete.withSequence(1)));

        assertThat(entry(destination.stream()))
                .containsSubsequence("op", "d")
                .endsWith("key", "{\"id\":7}", "payload", "");
    }

    @Test
    void writesABatchOfManyChunksInOrder() throws Exception {
        write(destination, rows(1, 12_345));

        assertThat(ids(REDIS, destination.stream()))
                .isEqualTo(LongStream.rangeClosed(1, 12_345).boxed().toList());
    }

    @Test
    void continuesAfterTheServerHasFlushedItsScripts() throws Exception {
        try (RedisDestinationClient client = destination.client()) {
            client.open(writerIdentity("a"));
            client.prepare(TestPipeline.KEYED);
            client.write(rows(1, 10));
            REDIS.command("SCRIPT", "FLUSH");
            client.write(rows(11, 9000));
        }
        assertThat(ids(REDIS, destination.stream()))
                .isEqualTo(LongStream.rangeClosed(1, 9000).boxed().toList());
    }

    @Test
    void keepsThePipelinesOfOneStreamSeparate() throws Exception {
        try (RedisDestinationClient one = destination.client();
                RedisDestinationClient other = otherPipelinesClient("file/others")) {
            one.open(writerIdentity("a"));
            other.open(new WriterIdentity("file/others", "b", "w", "host", "others", false, 0));
            one.prepare(TestPipeline.KEYED);
            other.prepare(TestPipeline.KEYED);
            one.write(rows(1, 3));
            other.write(rows(1, 2));
            one.write(rows(4, 5));
        }
        assertThat(ids(REDIS, destination.stream())).containsExactly(1L, 2L, 3L, 1L, 2L, 4L, 5L);
    }

    private RedisDestinationClient otherPipelinesClient(String identity) {
        Pipeline template = TestPipeline.into(destination.endpoint()).pipeline();
        Pipeline pipeline =
                new Pipeline(identity, "others", true, "worker-1", 1, template.deliver());
        return (RedisDestinationClient) new RedisStreamsConnector().client(pipeline);
    }

    @Test
    void trimsOnlyTheStream() throws Exception {
        write(
                destination.option("max_length", "100").option("approximate_trimming", "false"),
                rows(1, 2500));
        assertThat(ids(REDIS, destination.stream()))
                .isEqualTo(LongStream.rangeClosed(2401, 2500).boxed().toList());
    }

    @Test
    void trimsApproximatelyByDefault() throws Exception {
        write(destination.option("max_length", "1000"), rows(1, 5000));

        long length = Long.parseLong(REDIS.command("XLEN", destination.stream()));
        assertThat(length).isBetween(1000L, 1200L);
    }

    @Test
    void writesToANumberedDatabase() throws Exception {
        write(destination.database("3"), rows(1, 2));

        assertThat(REDIS.command("EXISTS", destination.stream())).isEqualTo("0");
        try (RedisDestinationClient client = destination.database("3").client()) {
            assertThat(client.open(writerIdentity("b")).lastSequence()).isEqualTo(2);
        }
    }

    @Test
    void writesADeadLetterAndItsSequenceNumberAtomically() throws Exception {
        try (RedisDestinationClient client = destination.client()) {
            assertThat(client.supportsDeadLetters()).isTrue();
            client.open(writerIdentity("a"));
            client.prepare(TestPipeline.KEYED);
            client.write(rows(1, 2));
            client.writeDeadLetter(row(3), "too odd");
            client.write(rows(4, 4));
        }
        assertThat(ids(REDIS, destination.stream())).containsExactly(1L, 2L, 4L);
        assertThat(entry(destination.stream() + ":dlq"))
                .containsExactly(
                        "mapping", "orders",
                        "error", "too odd",
                        "time", "2026-01-02T03:04:05Z",
                        "op", "u",
                        "event_id", "file/orders:0000000000000000003",
                        "key", "{\"id\":3}",
                        "payload", "{\"id\":3,\"name\":\"row 3\"}");
        try (RedisDestinationClient next = destination.client()) {
            assertThat(next.open(writerIdentity("b")).lastSequence()).isEqualTo(4);
        }
    }

    @Test
    void reportsSizeAndLimitOfAnOversizedValue() throws Exception {
        try (RedisServer small =
                        RedisServer.builder().parameter("proto-max-bulk-len", "1048576").start();
                RedisDestinationClient client = RedisTestStream.at(small).client()) {
            client.open(writerIdentity("a"));
            client.prepare(TestPipeline.KEYED);
            ChangeRow large =
                    TestPipeline.row(TestPipeline.KEYED, "1", "x".repeat(1 << 20)).withSequence(1);

            assertThatThrownBy(() -> client.write(List.of(large)))
                    .isInstanceOf(RowRejectedException.class)
                    .hasMessageContainingAll(
                            "above the limit of 1048576 (proto-max-bulk-len)",
                            "1048576 of them in column \"name\"");
            client.writeDeadLetter(large, "too long");
            client.write(rows(2, 2));
        }
    }

    @Test
    void acceptsAValueAboveTheChunkSize() throws Exception {
        ChangeRow large =
                TestPipeline.row(TestPipeline.KEYED, "1", "x".repeat(3 << 20)).withSequence(1);
        write(destination, List.of(large, row(2)));

        assertThat(REDIS.command("XLEN", destination.stream())).isEqualTo("2");
    }
}
