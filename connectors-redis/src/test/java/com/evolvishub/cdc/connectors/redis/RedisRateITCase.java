package com.evolvishub.cdc.connectors.redis;

import static com.evolvishub.cdc.connectors.redis.Destination.lane;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.payload.MessageEncoders;
import com.evolvishub.cdc.servers.RedisServer;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;

/**
 * Measures, on demand ({@code -Dredis.rate=true}): the client against a bare pipeline of XADD that
 * writes the same fields, encoded beforehand, in turn and into a stream each.
 */
@Timeout(600)
@EnabledIfSystemProperty(named = "redis.rate", matches = "true")
class RedisRateITCase {

    @RegisterExtension static final RedisServer REDIS = RedisServer.shared();

    private static final int ROUNDS = 6;
    private static final int BATCHES = 10;
    private static final int BATCH_ROWS = 20_000;
    private static final int UNDER_WAY = 2000;

    @ParameterizedTest
    @ValueSource(strings = {"always", "everysec"})
    void comparesWithABarePipeline(String fsync) throws Exception {
        try (RedisServer server = RedisServer.builder().parameter("appendfsync", fsync).start()) {
            for (int round = 0; round < ROUNDS; round++) {
                double own = written(server);
                double bare = piped(server);
                System.out.printf(
                        "appendfsync %s: client %,.0f rows/s, bare pipeline %,.0f rows/s, ratio"
                                + " %.2f%n",
                        fsync, own, bare, own / bare);
                server.command("FLUSHALL");
            }
        }
    }

    private static List<ChangeRow> batch(int number) {
        String name = "x".repeat(150);
        long first = 1 + (long) number * BATCH_ROWS;
        return LongStream.range(first, first + BATCH_ROWS)
                .mapToObj(
                        id ->
                                TestLane.row(TestLane.KEYED, Long.toString(id), name + id)
                                        .numbered(id))
                .toList();
    }

    private static double written(RedisServer server) throws Exception {
        Destination there = Destination.at(server);
        try (RedisStreamsClient client = there.client()) {
            client.open(lane("a"));
            client.prepare(TestLane.KEYED);
            long nanos = 0;
            for (int i = 0; i < BATCHES; i++) {
                List<ChangeRow> rows = batch(i);
                long start = System.nanoTime();
                client.write(rows);
                nanos += System.nanoTime() - start;
            }
            return rate(server, there, nanos);
        }
    }

    private static double piped(RedisServer server) throws Exception {
        Destination there = Destination.at(server);
        Entries entries =
                new Entries(
                        MessageEncoders.of(TestLane.to(there.endpoint()).pipeline()),
                        "file/orders",
                        1 << 20);
        try (Connection connection = new Connection(server.host(), server.port())) {
            long nanos = 0;
            for (int i = 0; i < BATCHES; i++) {
                List<Entry> batch = entries.of(batch(i));
                long start = System.nanoTime();
                int sent = 0;
                for (Entry entry : batch) {
                    CommandArguments add = new CommandArguments(Command.XADD);
                    add.add(there.stream()).add("*");
                    entry.fields().forEach(add::add);
                    connection.sendCommand(add);
                    if (++sent % UNDER_WAY == 0) {
                        connection.getMany(UNDER_WAY);
                    }
                }
                nanos += System.nanoTime() - start;
            }
            return rate(server, there, nanos);
        }
    }

    private static double rate(RedisServer server, Destination there, long nanos) {
        int rows = BATCHES * BATCH_ROWS;
        assertThat(server.command("XLEN", there.stream())).isEqualTo(Integer.toString(rows));
        return rows / (nanos / 1e9);
    }
}
