package com.evolvishub.cdc.connectors.redis;

import static com.evolvishub.cdc.connectors.redis.RedisTestStream.writerIdentity;

import com.evolvishub.cdc.connectors.redis.entry.StreamEntry;
import com.evolvishub.cdc.connectors.redis.entry.StreamEntryEncoder;
import com.evolvishub.cdc.connectors.redis.writer.RedisDestinationClient;
import com.evolvishub.cdc.formats.MessageEncoders;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.testing.redis.RedisServer;
import java.util.List;
import java.util.stream.LongStream;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol.Command;

/**
 * Compares the rows per second of this client with those of pipelined XADD commands with the same
 * fields, encoded beforehand, alternating and into separate streams. Not a test: run it with {@code
 * bench/rates redis [ROWS [ROUNDS]]}.
 */
final class RedisRateBenchmark {

    private static final int BATCH_ROWS = 20_000;
    private static final int IN_FLIGHT = 2000;

    private final RedisServer server;
    private final int batches;

    private RedisRateBenchmark(RedisServer server, int batches) {
        this.server = server;
        this.batches = batches;
    }

    public static void main(String[] arguments) throws Exception {
        int rows = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200_000;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 6;
        for (String fsync : List.of("always", "everysec")) {
            try (RedisServer server =
                    RedisServer.builder().parameter("appendfsync", fsync).start()) {
                RedisRateBenchmark rate =
                        new RedisRateBenchmark(server, Math.max(1, rows / BATCH_ROWS));
                for (int round = 0; round < rounds; round++) {
                    double own = rate.written();
                    double bare = rate.piped();
                    System.out.printf(
                            "appendfsync %s: client %,.0f rows/s, bare pipeline %,.0f rows/s, ratio"
                                    + " %.2f%n",
                            fsync, own, bare, own / bare);
                    server.command("FLUSHALL");
                }
            }
        }
    }

    private static List<ChangeRow> batch(int number) {
        String name = "x".repeat(150);
        long first = 1 + (long) number * BATCH_ROWS;
        return LongStream.range(first, first + BATCH_ROWS)
                .mapToObj(
                        id ->
                                TestPipeline.row(TestPipeline.KEYED, Long.toString(id), name + id)
                                        .withSequence(id))
                .toList();
    }

    private double written() throws Exception {
        RedisTestStream destination = RedisTestStream.at(server);
        try (RedisDestinationClient client = destination.client()) {
            client.open(writerIdentity("a"));
            client.prepare(TestPipeline.KEYED);
            long nanos = 0;
            for (int i = 0; i < batches; i++) {
                List<ChangeRow> rows = batch(i);
                long start = System.nanoTime();
                client.write(rows);
                nanos += System.nanoTime() - start;
            }
            return rate(destination, nanos);
        }
    }

    private double piped() throws Exception {
        RedisTestStream destination = RedisTestStream.at(server);
        StreamEntryEncoder entries =
                new StreamEntryEncoder(
                        MessageEncoders.of(TestPipeline.into(destination.endpoint()).pipeline()),
                        "file/orders",
                        1 << 20);
        try (Connection connection = new Connection(server.host(), server.port())) {
            long nanos = 0;
            for (int i = 0; i < batches; i++) {
                List<StreamEntry> batch = entries.encode(batch(i));
                long start = System.nanoTime();
                int sent = 0;
                for (StreamEntry entry : batch) {
                    CommandArguments add = new CommandArguments(Command.XADD);
                    add.add(destination.stream()).add("*");
                    entry.fields().forEach(add::add);
                    connection.sendCommand(add);
                    if (++sent % IN_FLIGHT == 0) {
                        connection.getMany(IN_FLIGHT);
                    }
                }
                nanos += System.nanoTime() - start;
            }
            return rate(destination, nanos);
        }
    }

    private double rate(RedisTestStream destination, long nanos) {
        int rows = batches * BATCH_ROWS;
        String length = server.command("XLEN", destination.stream());
        if (!length.equals(Integer.toString(rows))) {
            throw new IllegalStateException(length + " entries in the stream, not " + rows);
        }
        return rows / (nanos / 1e9);
    }
}
