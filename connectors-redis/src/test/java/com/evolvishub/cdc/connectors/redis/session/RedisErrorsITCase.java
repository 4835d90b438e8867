package com.evolvishub.cdc.connectors.redis.session;

import static com.evolvishub.cdc.connectors.redis.RedisTestStream.ids;
import static com.evolvishub.cdc.connectors.redis.RedisTestStream.rows;
import static com.evolvishub.cdc.connectors.redis.RedisTestStream.writerIdentity;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.connectors.redis.RedisTestStream;
import com.evolvishub.cdc.connectors.redis.writer.RedisDestinationClient;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.failure.FailureKind;
import com.evolvishub.cdc.testing.redis.RedisServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class RedisErrorsITCase {

    @RegisterExtension static final RedisServer REDIS = RedisServer.shared();

    private static final String SECRET = "hush-hush";

    /** These rows take more than {@link #MEMORY} bytes. */
    private static final int MANY = 50_000;

    private static final int MEMORY = 3 << 20;

    private RedisTestStream destination;

    @BeforeEach
    void freshStream() {
        destination = RedisTestStream.at(REDIS);
    }

    private static RedisDestinationClient opened(RedisTestStream destination) throws Exception {
        RedisDestinationClient client = destination.client();
        try {
            client.open(writerIdentity("a"));
            client.prepare(TestPipeline.KEYED);
            return client;
        } catch (Exception e) {
            client.close();
            throw e;
        }
    }

    private static void assertFails(ThrowingCallable attempt, FailureKind kind, String... parts) {
        RedisException failure = catchThrowableOfType(RedisException.class, attempt);
        assertThat(failure).isNotNull();
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure).hasMessageContainingAll(parts);
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            assertThat(String.valueOf(cause.getMessage())).doesNotContain(SECRET);
        }
    }

    private static void signal(String name, long pid) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void reportsAWrongAMissingAndASuperfluousPassword() {
        try (RedisServer server = RedisServer.builder().password("the-right-one").start()) {
            RedisTestStream target = RedisTestStream.at(server);
            assertFails(
                    () -> target.login("", SECRET).client().open(writerIdentity("a")),
                    FailureKind.AUTHENTICATION,
                    target.endpoint().connection().host() + ":" + server.port(),
                    "WRONGPASS",
                    "check username and password");
            assertFails(
                    () -> target.client().open(writerIdentity("a")),
                    FailureKind.PERMANENT,
                    "NOAUTH",
                    "give a password");
        }
        assertFails(
                () -> destination.login("", SECRET).client().open(writerIdentity("a")),
                FailureKind.PERMANENT,
                "without any password configured",
                "leave out password");
    }

    @Test
    void reportsAUserWithoutTheRightToWrite() throws Exception {
        try (RedisServer server =
                RedisServer.builder().user("reader", SECRET, "~* +@read +@connection").start()) {
            assertFails(
                    () ->
                            RedisTestStream.at(server)
                                    .login("reader", SECRET)
                                    .client()
                                    .open(writerIdentity("a")),
                    FailureKind.PERMANENT,
                    "NOPERM",
                    "docs/redis-streams.md");
        }
    }

    @Test
    void writesNothingAfterARightWasRevoked() throws Exception {
        String rules = "~* +@read +@connection +eval +evalsha +hset +hsetnx +xadd";
        try (RedisServer server = RedisServer.builder().user("writer", SECRET, rules).start()) {
            RedisTestStream target = RedisTestStream.at(server).login("writer", SECRET);
            try (RedisDestinationClient client = opened(target)) {
                client.write(rows(1, 2));
                for (String right : new String[] {"xadd", "hset"}) {
                    server.command("ACL", "SETUSER", "writer", "-" + right);
                    assertFails(
                            () -> client.write(rows(3, 4)),
                            FailureKind.PERMANENT,
                            "docs/redis-streams.md lists what the user needs");
                    server.command("ACL", "SETUSER", "writer", "+" + right);
                }
                client.write(rows(3, 4));
            }
            assertThat(ids(server, target.stream())).containsExactly(1L, 2L, 3L, 4L);
        }
    }

    @Test
    void reportsAKeyOfAnotherType() throws Exception {
        REDIS.command("SET", destination.stream(), "mine");
        try (RedisDestinationClient client = destination.client()) {
            assertThat(client.check(TestPipeline.KEYED))
                    .containsExactly(
                            "stream %s: the key is there as a string; give another table"
                                    .formatted(destination.stream()));
            client.open(writerIdentity("a"));
            assertThatThrownBy(() -> client.prepare(TestPipeline.KEYED))
                    .isInstanceOf(DestinationException.class);
            assertFails(() -> client.write(rows(1, 2)), FailureKind.PERMANENT, "WRONGTYPE");
        }
        try (RedisDestinationClient next = destination.client()) {
            assertThat(next.open(writerIdentity("b")).lastSequence()).isZero();
        }
    }

    @Test
    void createsNoStreamIfNotAllowed() throws Exception {
        TestPipeline strict = TestPipeline.into(destination.endpoint()).neverCreating();
        try (RedisDestinationClient client = destination.client(strict)) {
            assertThat(client.check(TestPipeline.KEYED))
                    .singleElement()
                    .asString()
                    .contains("not there");
            REDIS.command("XADD", destination.stream(), "*", "a", "b");
            assertThat(client.check(TestPipeline.KEYED)).isEmpty();
        }
    }

    @Test
    void aReplicaIsATransientError() throws Exception {
        try (RedisServer replica = RedisServer.builder().replicaOf(REDIS).start()) {
            RedisTestStream target = RedisTestStream.at(replica);
            // until then it may report LOADING instead
            await().until(
                            () ->
                                    replica.command("INFO", "replication")
                                            .contains("master_link_status:up"));
            assertFails(
                    () -> target.client().open(writerIdentity("a")),
                    FailureKind.TRANSIENT,
                    "READONLY",
                    "sentinel_master");
            try (RedisDestinationClient client = target.client()) {
                assertThat(client.check(TestPipeline.KEYED))
                        .containsExactly(
                                "127.0.0.1:%d: it is a replica; give the primary's address, or sentinel_master"
                                        .formatted(replica.port()));
            }
            replica.command("REPLICAOF", "NO", "ONE");
            try (RedisDestinationClient client = opened(target)) {
                client.write(rows(1, 1));
            }
        }
    }

    @Test
    void writesOnlyCompleteChunksWhenMemoryIsFull() throws Exception {
        try (RedisServer server = RedisServer.builder().start()) {
            RedisTestStream target = RedisTestStream.at(server);
            long used =
                    server.command("INFO", "memory")
                            .lines()
                            .filter(line -> line.startsWith("used_memory:"))
                            .mapToLong(line -> Long.parseLong(line.substring(12).strip()))
                            .sum();
            try (RedisDestinationClient client = opened(target)) {
                server.command("CONFIG", "SET", "maxmemory", Long.toString(used + MEMORY));
                assertFails(
                        () -> client.write(rows(1, MANY)),
                        FailureKind.TRANSIENT,
                        "OOM command not allowed",
                        "its memory is full");
            }
            long written = Long.parseLong(server.command("XLEN", target.stream()));
            assertThat(written).isPositive();
            server.command("CONFIG", "SET", "maxmemory", "0");
            try (RedisDestinationClient client = target.client()) {
                assertThat(client.open(writerIdentity("b")).lastSequence()).isEqualTo(written);
                client.prepare(TestPipeline.KEYED);
                client.write(rows(written + 1, MANY));
            }
            assertThat(ids(server, target.stream()))
                    .isEqualTo(LongStream.rangeClosed(1, MANY).boxed().toList());
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aServerThatCannotWriteSnapshotsIsATransientError() throws Exception {
        try (RedisServer server = RedisServer.builder().parameter("save", "3600 1").start();
                RedisDestinationClient client = opened(RedisTestStream.at(server))) {
            server.command("CONFIG", "SET", "dir", "/proc");
            server.command("BGSAVE");
            await().until(
                            () ->
                                    server.command("INFO", "persistence")
                                            .contains("rdb_last_bgsave_status:err"));
            assertFails(() -> client.write(rows(1, 2)), FailureKind.TRANSIENT, "MISCONF", "disk");
        }
    }

    @Test
    void reportsAMissingDatabase() {
        assertFails(
                () -> destination.database("99").client().open(writerIdentity("a")),
                FailureKind.PERMANENT,
                "DB index is out of range",
                "check database");
    }

    @Test
    void reportsAServerWithoutClusterSupport() {
        assertFails(
                () -> destination.option("cluster", "true").client().open(writerIdentity("a")),
                FailureKind.PERMANENT,
                "cluster support disabled",
                "leave out cluster: true");
    }

    @Test
    void reportsAnAddressWithoutAServer() throws Exception {
        // a port without a server: only root may listen there
        int port = 1;
        RedisTestStream unreachable = RedisTestStream.at("127.0.0.1", port);
        assertFails(
                () -> unreachable.client().open(writerIdentity("a")),
                FailureKind.TRANSIENT,
                "127.0.0.1:" + port,
                "refused");
    }

    @Test
    void reportsAnUnresponsiveServer() throws Exception {
        try (ServerSocket unresponsive = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            RedisTestStream target =
                    RedisTestStream.at("127.0.0.1", unresponsive.getLocalPort())
                            .withResponseTimeout(Duration.ofMillis(200));
            assertFails(
                    () -> target.login("", SECRET).client().open(writerIdentity("a")),
                    FailureKind.TRANSIENT,
                    "no answer in time");
        }
    }

    @Test
    void timesOutWhenTheServerStopsResponding() throws Exception {
        try (RedisServer server = RedisServer.builder().start()) {
            RedisTestStream target = RedisTestStream.at(server);
            RedisTestStream impatient = target.withResponseTimeout(Duration.ofMillis(300));
            try (RedisDestinationClient client = openedInTime(impatient)) {
                signal("STOP", server.pid());
                assertFails(
                        () -> client.write(rows(1, 100)),
                        FailureKind.TRANSIENT,
                        "no answer in time");
            } finally {
                signal("CONT", server.pid());
            }
            try (RedisDestinationClient next = opened(target)) {
                long last = next.open(writerIdentity("a")).lastSequence();
                next.write(rows(last + 1, 200));
            }
            assertThat(ids(server, target.stream()))
                    .isEqualTo(LongStream.rangeClosed(1, 200).boxed().toList());
        }
    }

    /** Retries, since a stalled machine also exceeds the timeout. */
    private static RedisDestinationClient openedInTime(RedisTestStream impatient) {
        return await().ignoreExceptionsInstanceOf(RedisException.class)
                .until(() -> opened(impatient), client -> true);
    }

    @Test
    void stopsWaitingWhenClosedByAnotherThread() throws Exception {
        try (RedisServer server = RedisServer.builder().start();
                RedisDestinationClient client = opened(RedisTestStream.at(server))) {
            signal("STOP", server.pid());
            try {
                CompletableFuture<Throwable> failure = new CompletableFuture<>();
                Thread writer =
                        new Thread(
                                () ->
                                        failure.complete(
                                                catchThrowableOfType(
                                                        RedisException.class,
                                                        () -> client.write(rows(1, 50_000)))));
                writer.start();
                await().until(() -> isInSocket(writer));
                Runnable close = client::close;
                close.run();
                assertThat(failure.join()).isNotNull();
            } finally {
                signal("CONT", server.pid());
            }
        }
    }

    private static boolean isInSocket(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().endsWith("NioSocketImpl"));
    }

    @Test
    void doesNotConnectAfterClose() {
        RedisDestinationClient client = destination.client();
        client.close();
        assertFails(() -> client.open(writerIdentity("a")), FailureKind.TRANSIENT, "closed");
    }

    @Test
    void failsIfTheServerHasLostTheProgressRecord() throws Exception {
        try (RedisDestinationClient client = opened(destination)) {
            client.write(rows(1, 5));
            String progressKey = "{%s}:evolvishub_cdc:file/orders".formatted(destination.stream());
            REDIS.command("HSET", progressKey, "number", "3");
            assertFails(
                    () -> client.write(rows(6, 9)), FailureKind.TRANSIENT, "row 5", "it says 3");
            REDIS.command("DEL", progressKey);
            assertFails(() -> client.write(rows(6, 9)), FailureKind.TRANSIENT, "it is gone");
        }
        assertThat(ids(REDIS, destination.stream())).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void failsIfTheStreamWasReplacedByAnOlderOneDuringTheRun() throws Exception {
        String stream = destination.stream();
        try (RedisDestinationClient client = opened(destination)) {
            client.write(rows(1, 5));
            REDIS.command("COPY", stream, stream + ":older");
            client.write(rows(6, 9));
            REDIS.command("RENAME", stream + ":older", stream);
            assertFails(() -> client.write(rows(10, 12)), FailureKind.TRANSIENT, "another one");
        }
        assertThat(ids(REDIS, stream)).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void continuesAfterOthersHaveWrittenAndTrimmed() throws Exception {
        String stream = destination.stream();
        try (RedisDestinationClient client = opened(destination)) {
            client.write(rows(1, 5));
            REDIS.command("XADD", stream, "18446744073709551000-7", "theirs", "x");
            client.write(rows(6, 9));
            REDIS.command("XTRIM", stream, "MAXLEN", "0");
            client.write(rows(10, 12));
        }
        assertThat(ids(REDIS, stream)).containsExactly(10L, 11L, 12L);
    }
}
