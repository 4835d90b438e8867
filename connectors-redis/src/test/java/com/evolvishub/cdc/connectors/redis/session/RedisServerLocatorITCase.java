package com.evolvishub.cdc.connectors.redis.session;

import static com.evolvishub.cdc.connectors.redis.RedisTestStream.ids;
import static com.evolvishub.cdc.connectors.redis.RedisTestStream.row;
import static com.evolvishub.cdc.connectors.redis.RedisTestStream.rows;
import static com.evolvishub.cdc.connectors.redis.RedisTestStream.writerIdentity;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.connectors.redis.RedisTestStream;
import com.evolvishub.cdc.connectors.redis.writer.RedisDestinationClient;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.failure.FailureKind;
import com.evolvishub.cdc.testing.redis.RedisCluster;
import com.evolvishub.cdc.testing.redis.RedisServer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import redis.clients.jedis.util.JedisClusterCRC16;

@Timeout(300)
class RedisServerLocatorITCase {

    @RegisterExtension static final RedisServer REDIS = RedisServer.shared();

    private static final String FEW_RIGHTS =
            "resetkeys ~orders* ~{orders* +eval +evalsha +hget +hmget +hset +hsetnx +xadd +xinfo +type"
                    + " +exists";

    @Test
    void writesToTheClusterServerThatHoldsTheStream() throws Exception {
        try (RedisCluster cluster = RedisCluster.start()) {
            RedisServer seed = cluster.servers().get(0);
            RedisTestStream template =
                    RedisTestStream.at(seed).stream("orders").option("cluster", "true");
            Set<RedisServer> used = new HashSet<>();
            for (int i = 0; used.size() < 3; i++) {
                RedisTestStream target = template.stream("orders-" + i);
                RedisServer owner = owner(cluster, target.stream());
                if (used.add(owner)) {
                    writeWithADeadLetter(target, owner);
                }
            }
            assertFollowsAMovedSlot(cluster, template);
            assertReportsAClusterServer(seed, cluster);
        }
    }

    private static RedisServer owner(RedisCluster cluster, String stream) {
        int third = JedisClusterCRC16.getSlot(stream) * 3 / 16_384;
        return cluster.servers().get(third);
    }

    private static void writeWithADeadLetter(RedisTestStream target, RedisServer owner)
            throws Exception {
        try (RedisDestinationClient client = target.client()) {
            client.open(writerIdentity("a"));
            client.prepare(TestPipeline.KEYED);
            client.write(rows(1, 3000));
            client.writeDeadLetter(row(3001), "too odd");
        }
        assertThat(ids(owner, target.stream()))
                .isEqualTo(LongStream.rangeClosed(1, 3000).boxed().toList());
        assertThat(ids(owner, "{" + target.stream() + "}:dlq")).containsExactly(3001L);
    }

    private static void assertFollowsAMovedSlot(RedisCluster cluster, RedisTestStream target)
            throws Exception {
        RedisServer from = owner(cluster, target.stream());
        RedisServer to =
                cluster.servers().stream()
                        .filter(server -> server != from)
                        .findFirst()
                        .orElseThrow();
        try (RedisDestinationClient client = target.client()) {
            client.open(writerIdentity("a"));
            client.prepare(TestPipeline.KEYED);
            String progressKey = "{orders}:evolvishub_cdc:file/orders";
            from.command("DEL", progressKey);
            String slot = from.command("CLUSTER", "KEYSLOT", progressKey);
            String node = to.command("CLUSTER", "MYID");
            for (RedisServer server : cluster.servers()) {
                server.command("CLUSTER", "SETSLOT", slot, "NODE", node);
            }
            RedisException failure =
                    catchThrowableOfType(RedisException.class, () -> client.write(rows(1, 2)));
            assertThat(failure.kind()).isEqualTo(FailureKind.TRANSIENT);
            assertThat(failure).hasMessageContaining("the slot has moved");
        }
        try (RedisDestinationClient next = target.client()) {
            next.open(writerIdentity("a"));
            next.write(rows(1, 2));
        }
        assertThat(ids(to, target.stream())).containsExactly(1L, 2L);
    }

    private static void assertReportsAClusterServer(RedisServer seed, RedisCluster cluster) {
        String otherStream =
                owner(cluster, "orders-0") == seed
                        ? owner(cluster, "orders-1") == seed ? "orders-2" : "orders-1"
                        : "orders-0";
        RedisTestStream single = RedisTestStream.at(seed).stream(otherStream);
        RedisException failure =
                catchThrowableOfType(
                        RedisException.class, () -> single.client().open(writerIdentity("a")));
        assertThat(failure.kind()).isEqualTo(FailureKind.PERMANENT);
        assertThat(failure).hasMessageContaining("give cluster: true");
    }

    @Test
    void rejectsAStreamNameWhoseSlotNoOtherKeyCanShare() {
        RedisTestStream target = RedisTestStream.at(REDIS).stream("a}b").option("cluster", "true");
        DestinationException failure =
                catchThrowableOfType(
                        DestinationException.class,
                        () -> target.client().open(writerIdentity("a")));
        assertThat(failure)
                .hasMessage(
                        "stream a}b: no other key can be put into its slot of the cluster; leave"
                                + " the } out of its name");
    }

    @Test
    void followsTheSentinelAlsoAfterAFailover() throws Exception {
        try (RedisServer primary = RedisServer.builder().start();
                RedisServer replica = RedisServer.builder().replicaOf(primary).start();
                RedisServer sentinel = sentinelOnceReplicaFollows(replica, primary)) {
            RedisTestStream target = RedisTestStream.at(sentinel).option("sentinel_master", "main");
            try (RedisDestinationClient client = target.client()) {
                client.open(writerIdentity("a"));
                client.prepare(TestPipeline.KEYED);
                client.write(rows(1, 1500));
                await().until(() -> replica.command("XLEN", target.stream()).equals("1500"));
                await().until(
                                () ->
                                        sentinel.command("SENTINEL", "REPLICAS", "main")
                                                .contains(Integer.toString(replica.port())));
                primary.kill();
                sentinel.command("SENTINEL", "SET", "main", "down-after-milliseconds", "1000");
                RedisException failure =
                        catchThrowableOfType(
                                RedisException.class, () -> client.write(rows(1501, 1502)));
                assertThat(failure.kind()).isEqualTo(FailureKind.TRANSIENT);
            }
            await().atMost(Duration.ofMinutes(2)).until(() -> opened(target).isPresent());
            try (RedisDestinationClient client = target.client()) {
                assertThat(client.open(writerIdentity("b")).lastSequence()).isEqualTo(1500);
                client.write(rows(1501, 2000));
            }
            assertThat(ids(replica, target.stream()))
                    .isEqualTo(LongStream.rangeClosed(1, 2000).boxed().toList());
        }
    }

    /** A sentinel discovers replicas when it starts, and then only every ten seconds. */
    private static RedisServer sentinelOnceReplicaFollows(
            RedisServer replica, RedisServer primary) {
        await().until(
                        () ->
                                replica.command("INFO", "replication")
                                                .contains("master_link_status:up")
                                        && primary.command("INFO", "replication")
                                                .contains("online"));
        return RedisServer.sentinelOf("main", primary);
    }

    private static Optional<Long> opened(RedisTestStream target) {
        RedisDestinationClient client = target.client();
        try (client) {
            return Optional.of(client.open(writerIdentity("a")).epoch());
        } catch (Exception e) {
            assertThat(client.classify(e)).as("%s", e).isEqualTo(FailureKind.TRANSIENT);
            return Optional.empty();
        }
    }

    @Test
    void reportsANameThatTheSentinelDoesNotKnow() {
        try (RedisServer sentinel = RedisServer.sentinelOf("main", REDIS)) {
            RedisTestStream target =
                    RedisTestStream.at(sentinel).option("sentinel_master", "other");
            RedisException failure =
                    catchThrowableOfType(
                            RedisException.class, () -> target.client().open(writerIdentity("a")));
            assertThat(failure.kind()).isEqualTo(FailureKind.PERMANENT);
            assertThat(failure)
                    .hasMessageEndingWith("the sentinel knows no \"other\"; check sentinel_master");
        }
    }

    @Test
    void writesWithTheFewestRightsNeeded() throws Exception {
        try (RedisServer server =
                RedisServer.builder().user("cdc", "hush-hush", FEW_RIGHTS).start()) {
            RedisTestStream target =
                    RedisTestStream.at(server).stream("orders").login("cdc", "hush-hush");
            try (RedisDestinationClient client = target.client()) {
                client.open(writerIdentity("a"));
                client.prepare(TestPipeline.KEYED);
                client.write(rows(1, 3));
                client.writeDeadLetter(row(4), "too odd");
                client.write(rows(5, 5));
            }
            assertThat(ids(server, "orders")).containsExactly(1L, 2L, 3L, 5L);
        }
    }
}
