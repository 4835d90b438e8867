package com.evolvishub.cdc.connectors.redis.writer;

import static com.evolvishub.cdc.connectors.redis.RedisTestStream.ids;
import static com.evolvishub.cdc.connectors.redis.RedisTestStream.lane;
import static com.evolvishub.cdc.connectors.redis.RedisTestStream.rows;
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

/** {@code -Dredis.kill.rounds=20} kills more often. */
@Timeout(300)
class RedisCrashITCase {

    @RegisterExtension static final RedisServer REDIS = RedisServer.shared();

    private static final int WRITER_ROUNDS = Integer.getInteger("redis.kill.rounds", 3);
    private static final int SERVER_ROUNDS = Math.max(5, WRITER_ROUNDS);
    private static final int ROWS_A_ROUND = 4000;

    private final long seed = new Random().nextLong();

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    @Test
    void losesAndDoublesNothingWhenTheServerIsKilled() {
        System.out.println("seed " + seed);
        long all = (SERVER_ROUNDS + 1L) * ROWS_A_ROUND;
        try (RedisServer server = RedisServer.builder().start()) {
            RedisTestStream destination = RedisTestStream.at(server);
            AtomicLong answered = new AtomicLong();
            AtomicInteger outages = new AtomicInteger();
            // the last row is written behind the last kill, so that the writer notices one
            AtomicLong until = new AtomicLong(all - 1);
            CompletableFuture<Void> writing =
                    CompletableFuture.runAsync(
                            () -> writeAll(destination, all, until, answered, outages));
            Random random = new Random(seed);
            for (int round = 0; round < SERVER_ROUNDS; round++) {
                long from = (long) round * ROWS_A_ROUND + random.nextInt(ROWS_A_ROUND);
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(1))
                        .atMost(Duration.ofMinutes(2))
                        .until(() -> writing.isDone() || answered.get() >= from);
                server.kill();
                server.restart();
            }
            until.set(all);
            writing.join();
            assertThat(outages).hasPositiveValue();
            assertThat(ids(server, destination.stream())).isEqualTo(upTo(all));
        }
    }

    /** As delivery does: after any failure a new client goes on behind what the stream holds. */
    private void writeAll(
            RedisTestStream destination,
            long all,
            AtomicLong until,
            AtomicLong answered,
            AtomicInteger outages) {
        Random random = new Random(seed + 1);
        while (answered.get() < all) {
            RedisDestinationClient client = destination.client();
            try (client) {
                RecoveredProgress opening = client.open(lane("a"));
                // what was answered for is there, whatever happened to the server
                assertThat(opening.lastSequence()).isGreaterThanOrEqualTo(answered.get());
                answered.set(opening.lastSequence());
                client.prepare(TestPipeline.KEYED);
                while (answered.get() < all) {
                    if (answered.get() == until.get()) {
                        LockSupport.parkNanos(1_000_000);
                        continue;
                    }
                    long last = Math.min(until.get(), answered.get() + 1 + random.nextInt(3000));
                    client.write(rows(answered.get() + 1, last));
                    answered.set(last);
                }
            } catch (Exception e) {
                assertThat(client.classify(e)).as("%s", e).isEqualTo(FailureKind.TRANSIENT);
                outages.incrementAndGet();
                // the server needs the processor to come back
                LockSupport.parkNanos(5_000_000);
            }
        }
    }

    @Test
    void losesAndDoublesNothingWhenTheWriterIsKilled() throws Exception {
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        RedisTestStream destination = RedisTestStream.at(REDIS);
        long before = 0;
        for (int round = 0; round < WRITER_ROUNDS; round++) {
            Process writer = RedisWriterMain.start(destination, "run " + round, random.nextLong());
            try (BufferedReader output = RedisWriterMain.output(writer)) {
                assertThat(output.readLine()).isEqualTo(RedisWriterMain.OPEN);
                long enough = before + 1 + random.nextInt(10_000);
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(1))
                        .atMost(Duration.ofMinutes(2))
                        .until(() -> length(destination) >= enough);
            } finally {
                writer.destroyForcibly().waitFor();
            }
            try (RedisDestinationClient client = destination.client()) {
                // whatever of the dead one is still on its way is refused from here on
                before = client.open(lane("look " + round)).lastSequence();
            }
            assertThat(length(destination)).isEqualTo(before);
        }
        assertThat(ids(REDIS, destination.stream())).isEqualTo(upTo(before));
    }

    /** Redis cuts a half script after its last whole command, and runs it one start later. */
    @Test
    void doesNotLetAHalfScriptComeToLife() throws Exception {
        try (RedisServer server = RedisServer.builder().start()) {
            RedisTestStream destination = RedisTestStream.at(server);
            write(destination, 1, 100);
            write(destination, 101, 200);
            server.kill();
            cutLog(server, 2000);
            server.restart();

            long last = write(destination, 0, 300);
            assertThat(last).isEqualTo(100);
            server.kill();
            server.restart();

            assertThat(ids(server, destination.stream())).isEqualTo(upTo(300));
        }
    }

    /** Writes from {@code first} on, or from behind what is there; the number found. */
    private static long write(RedisTestStream destination, long first, long last) throws Exception {
        try (RedisDestinationClient client = destination.client()) {
            long found = client.open(lane("a")).lastSequence();
            client.prepare(TestPipeline.KEYED);
            client.write(rows(first == 0 ? found + 1 : first, last));
            return found;
        }
    }

    /** As if the server had been killed before the last bytes were on disk. */
    private static void cutLog(RedisServer server, long bytes) throws Exception {
        Path data = server.logFile().resolveSibling("data");
        try (Stream<Path> files = Files.walk(data)) {
            // since Redis 7 there are several, of which the one with the newest commands is "incr"
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
    void refusesAWriterThatSleptThroughATakeover() throws Exception {
        RedisTestStream destination = RedisTestStream.at(REDIS);
        Process zombie = RedisWriterMain.start(destination, "zombie", seed);
        try (BufferedReader output = RedisWriterMain.output(zombie);
                RedisDestinationClient taker = destination.client()) {
            assertThat(output.readLine()).isEqualTo(RedisWriterMain.OPEN);
            await().until(() -> length(destination) > 5000);
            signal("STOP", zombie.pid());

            long last = taker.open(lane("taker")).lastSequence();
            taker.prepare(TestPipeline.KEYED);
            taker.write(rows(last + 1, last + 10));
            signal("CONT", zombie.pid());

            assertThat(output.readLine()).isEqualTo("taken over by run taker on host host");
            taker.write(rows(last + 11, last + 2000));
            assertThat(ids(REDIS, destination.stream())).isEqualTo(upTo(last + 2000));
        } finally {
            zombie.destroyForcibly().waitFor();
        }
    }

    private static void signal(String name, long pid) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    }
}
