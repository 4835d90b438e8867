package com.evolvishub.cdc.connectors.redis.writer;

import static com.evolvishub.cdc.connectors.redis.RedisTestStream.ids;
import static com.evolvishub.cdc.connectors.redis.RedisTestStream.rows;
import static com.evolvishub.cdc.connectors.redis.RedisTestStream.writerIdentity;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.connectors.redis.RedisTestStream;
import com.evolvishub.cdc.connectors.redis.RedisWriterMain;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.FailureKind;
import com.evolvishub.cdc.sink.spi.RecoveredProgress;
import com.evolvishub.cdc.testing.redis.RedisServer;
import java.io.BufferedReader;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Servers and writers that are killed; {@code -Dredis.kill.rounds=20} runs more rounds. */
@Timeout(300)
class RedisCrashITCase {

    @RegisterExtension static final RedisServer REDIS = RedisServer.shared();

    private static final int WRITER_ROUNDS = Integer.getInteger("redis.kill.rounds", 3);
    private static final int SERVER_ROUNDS = Math.max(5, WRITER_ROUNDS);
    private static final int ROWS_PER_ROUND = 4000;

    private final long seed = new Random().nextLong();

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    @Test
    void deliversEveryRowOnceWhenTheServerIsKilled() {
        System.out.println("seed " + seed);
        long all = (SERVER_ROUNDS + 1L) * ROWS_PER_ROUND;
        try (RedisServer server = RedisServer.builder().start()) {
            RedisTestStream destination = RedisTestStream.at(server);
            AtomicLong acknowledged = new AtomicLong();
            AtomicInteger outages = new AtomicInteger();
            // the last row is written after the last kill, so that the writer notices an outage
            AtomicLong until = new AtomicLong(all - 1);
            CompletableFuture<Void> writing =
                    CompletableFuture.runAsync(
                            () -> writeAll(destination, all, until, acknowledged, outages));
            Random random = new Random(seed);
            for (int round = 0; round < SERVER_ROUNDS; round++) {
                long from = (long) round * ROWS_PER_ROUND + random.nextInt(ROWS_PER_ROUND);
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(1))
                        .atMost(Duration.ofMinutes(2))
                        .until(() -> writing.isDone() || acknowledged.get() >= from);
                server.kill();
                server.restart();
            }
            until.set(all);
            writing.join();
            assertThat(outages).hasPositiveValue();
            assertThat(ids(server, destination.stream())).isEqualTo(upTo(all));
        }
    }

    /** As delivery does: after each failure a new client continues after the delivered rows. */
    private void writeAll(
            RedisTestStream destination,
            long all,
            AtomicLong until,
            AtomicLong acknowledged,
            AtomicInteger outages) {
        Random random = new Random(seed + 1);
        while (acknowledged.get() < all) {
            RedisDestinationClient client = destination.client();
            try (client) {
                RecoveredProgress recovered = client.open(writerIdentity("a"));
                // acknowledged rows are in the stream whatever happened to the server
                assertThat(recovered.lastSequence()).isGreaterThanOrEqualTo(acknowledged.get());
                acknowledged.set(recovered.lastSequence());
                client.prepare(TestPipeline.KEYED);
                while (acknowledged.get() < all) {
                    if (acknowledged.get() == until.get()) {
                        LockSupport.parkNanos(1_000_000);
                        continue;
                    }
                    long last =
                            Math.min(until.get(), acknowledged.get() + 1 + random.nextInt(3000));
                    client.write(rows(acknowledged.get() + 1, last));
                    acknowledged.set(last);
                }
            } catch (Exception e) {
                assertThat(client.classify(e)).as("%s", e).isEqualTo(FailureKind.TRANSIENT);
                outages.incrementAndGet();
                // the server needs the processor to restart
                LockSupport.parkNanos(5_000_000);
            }
        }
    }

    @Test
    void deliversEveryRowOnceWhenTheWriterIsKilled() throws Exception {
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        RedisTestStream destination = RedisTestStream.at(REDIS);
        long before = 0;
        for (int round = 0; round < WRITER_ROUNDS; round++) {
            Process writer = RedisWriterMain.start(destination, "run " + round, random.nextLong());
            try (BufferedReader output = RedisWriterMain.output(writer)) {
                assertThat(output.readLine()).isEqualTo(RedisWriterMain.OPEN);
                long target = before + 1 + random.nextInt(10_000);
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(1))
                        .atMost(Duration.ofMinutes(2))
                        .until(() -> length(destination) >= target);
            } finally {
                writer.destroyForcibly().waitFor();
            }
            try (RedisDestinationClient client = destination.client()) {
                // from here on, delayed writes of the killed process are fenced
                before = client.open(writerIdentity("look " + round)).lastSequence();
            }
            assertThat(length(destination)).isEqualTo(before);
        }
        assertThat(ids(REDIS, destination.stream())).isEqualTo(upTo(before));
    }

    /** Redis truncates after the last complete command, and runs the rest at the second start. */
    @Test
    void neverAppliesAPartialScriptOfTheAppendOnlyFile() throws Exception {
        try (RedisServer server = RedisServer.builder().start()) {
            RedisTestStream destination = RedisTestStream.at(server);
            write(destination, 1, 100);
            write(destination, 101, 200);
            server.kill();
            truncateAppendOnlyFile(server, 2000);
            server.restart();

            long last = write(destination, 0, 300);
            assertThat(last).isEqualTo(100);
            server.kill();
            server.restart();

            assertThat(ids(server, destination.stream())).isEqualTo(upTo(300));
        }
    }

    /** Writes from {@code first}, or after the delivered rows if 0; returns the last of those. */
    private static long write(RedisTestStream destination, long first, long last) throws Exception {
        try (RedisDestinationClient client = destination.client()) {
            long found = client.open(writerIdentity("a")).lastSequence();
            client.prepare(TestPipeline.KEYED);
            client.write(rows(first == 0 ? found + 1 : first, last));
            return found;
        }
    }

    /** As if the server had been killed before the last bytes were on disk. */
    private static void truncateAppendOnlyFile(RedisServer server, long bytes) throws Exception {
        Path data = server.logFile().resolveSibling("data");
        try (Stream<Path> files = Files.walk(data)) {
            // since Redis 7 there are several files; the newest commands are in "incr"
            Path log =
                    files.filter(file -> file.toString().matches(".*(incr|appendonly)\\.aof"))
                            .findFirst()
                            .orElseThrow();
            try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
                channel.truncate(channel.size() - bytes);
            }
        }
    }

    private static long length(RedisTestStream destination) {
        return Long.parseLong(REDIS.command("XLEN", destination.stream()));
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void fencesAWriterThatWasSuspendedDuringATakeover() throws Exception {
        RedisTestStream destination = RedisTestStream.at(REDIS);
        Process staleWriter = RedisWriterMain.start(destination, "zombie", seed);
        try (BufferedReader output = RedisWriterMain.output(staleWriter);
                RedisDestinationClient newWriter = destination.client()) {
            assertThat(output.readLine()).isEqualTo(RedisWriterMain.OPEN);
            await().until(() -> length(destination) > 5000);
            signal("STOP", staleWriter.pid());

            long last = newWriter.open(writerIdentity("taker")).lastSequence();
            newWriter.prepare(TestPipeline.KEYED);
            newWriter.write(rows(last + 1, last + 10));
            signal("CONT", staleWriter.pid());

            assertThat(output.readLine()).isEqualTo("taken over by run taker on host host");
            newWriter.write(rows(last + 11, last + 2000));
            assertThat(ids(REDIS, destination.stream())).isEqualTo(upTo(last + 2000));
        } finally {
            staleWriter.destroyForcibly().waitFor();
        }
    }

    private static void signal(String name, long pid) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    }
}
