package com.evolvishub.cdc.connectors.redis;

import static com.evolvishub.cdc.connectors.redis.Destination.ids;
import static com.evolvishub.cdc.connectors.redis.Destination.lane;
import static com.evolvishub.cdc.connectors.redis.Destination.row;
import static com.evolvishub.cdc.connectors.redis.Destination.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.delivery.DestinationException;
import com.evolvishub.cdc.delivery.Failure;
import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.servers.RedisCluster;
import com.evolvishub.cdc.servers.RedisServer;
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
class RedisPlacesITCase {

    @RegisterExtension static final RedisServer REDIS = RedisServer.shared();

    private static final String FEW_RIGHTS =
            "resetkeys ~orders* ~{orders* +eval +evalsha +hget +hmget +hset +hsetnx +xadd +xinfo +type"
                    + " +exists";

    @Test
    void writesToTheServerOfTheClusterThatHasTheStream() throws Exception {
        try (RedisCluster cluster = RedisCluster.start()) {
            RedisServer seed = cluster.servers().get(0);
            Destination any = Destination.at(seed).stream("orders").option("cluster", "true");
            Set<RedisServer> used = new HashSet<>();
            for (int i = 0; used.size() < 3; i++) {
                Destination there = any.stream("orders-" + i);
                RedisServer owner = owner(cluster, there.stream());
                if (used.add(owner)) {
                    writeWithADeadLetter(there, owner);
                }
            }
            goesAfterASlotThatMoves(cluster, any);
            tellsThatTheServerIsOneOfACluster(seed, cluster);
        }
    }

    private static RedisServer owner(RedisCluster cluster, String stream) {
        int third = JedisClusterCRC16.getSlot(stream) * 3 / 16_384;
        return cluster.servers().get(third);
    }

    private static void writeWithADeadLetter(Destination there, RedisServer owner)
            throws Exception {
        try (RedisStreamsClient client = there.client()) {
            client.open(lane("a"));
            client.prepare(TestLane.KEYED);
            client.write(rows(1, 3000));
            client.writeDeadLetter(row(3001), "too odd");
        }
        assertThat(ids(owner, there.stream()))
                .isEqualTo(LongStream.rangeClosed(1, 3000).boxed().toList());
        assertThat(ids(owner, "{" + there.stream() + "}:dlq")).containsExactly(3001L);
    }

    private static void goesAfterASlotThatMoves(RedisCluster cluster, Destination there)
            throws Exception {
        RedisServer from = owner(cluster, there.stream());
        RedisServer to =
                cluster.servers().stream()
                        .filter(server -> server != from)
                        .findFirst()
                        .orElseThrow();
        try (RedisStreamsClient client = there.client()) {
            client.open(lane("a"));
            client.prepare(TestLane.KEYED);
            String lane = "{orders}:evolvishub_cdc:file/orders";
            from.command("DEL", lane);
            String slot = from.command("CLUSTER", "KEYSLOT", lane);
            String node = to.command("CLUSTER", "MYID");
            for (RedisServer server : cluster.servers()) {
                server.command("CLUSTER", "SETSLOT", slot, "NODE", node);
            }
            RedisFailure failure =
                    catchThrowableOfType(RedisFailure.class, () -> client.write(rows(1, 2)));
            assertThat(failure.kind()).isEqualTo(Failure.TRANSIENT);
            assertThat(failure).hasMessageContaining("the slot has moved");
        }
        try (RedisStreamsClient next = there.client()) {
            next.open(lane("a"));
            next.write(rows(1, 2));
        }
        assertThat(ids(to, there.stream())).containsExactly(1L, 2L);
    }

    private static void tellsThatTheServerIsOneOfACluster(RedisServer seed, RedisCluster cluster) {
        String elsewhere =
                owner(cluster, "orders-0") == seed
                        ? owner(cluster, "orders-1") == seed ? "orders-2" : "orders-1"
                        : "orders-0";
        Destination single = Destination.at(seed).stream(elsewhere);
        RedisFailure failure =
                catchThrowableOfType(RedisFailure.class, () -> single.client().open(lane("a")));
        assertThat(failure.kind()).isEqualTo(Failure.PERMANENT);
        assertThat(failure).hasMessageContaining("give cluster: true");
    }

    @Test
    void refusesANameThatNoOtherKeyCanStandBesideInACluster() {
        Destination there = Destination.at(REDIS).stream("a}b").option("cluster", "true");
        DestinationException refusal =
                catchThrowableOfType(
                        DestinationException.class, () -> there.client().open(lane("a")));
        assertThat(refusal)
                .hasMessage(
                        "stream a}b: no other key can be put into its slot of the cluster; leave"
                                + " the } out of its name");
    }

    @Test
    void goesWhereTheSentinelPointsAlsoAfterAFailover() throws Exception {
        try (RedisServer primary = RedisServer.builder().start();
                RedisServer replica = RedisServer.builder().replicaOf(primary).start();
                RedisServer sentinel = sentinelOnceItFollows(replica, primary)) {
            Destination there = Destination.at(sentinel).option("sentinel_master", "main");
            try (RedisStreamsClient client = there.client()) {
                client.open(lane("a"));
                client.prepare(TestLane.KEYED);
                client.write(rows(1, 1500));
                await().until(() -> replica.command("XLEN", there.stream()).equals("1500"));
                await().until(
                                () ->
                                        sentinel.command("SENTINEL", "REPLICAS", "main")
                                                .contains(Integer.toString(replica.port())));
                primary.kill();
                sentinel.command("SENTINEL", "SET", "main", "down-after-milliseconds", "1000");
                RedisFailure failure =
                        catchThrowableOfType(
                                RedisFailure.class, () -> client.write(rows(1501, 1502)));
                assertThat(failure.kind()).isEqualTo(Failure.TRANSIENT);
            }
            await().atMost(Duration.ofMinutes(2)).until(() -> opened(there).isPresent());
            try (RedisStreamsClient client = there.client()) {
                assertThat(client.open(lane("b")).lastNumber()).isEqualTo(1500);
                client.write(rows(1501, 2000));
            }
            assertThat(ids(replica, there.stream()))
                    .isEqualTo(LongStream.rangeClosed(1, 2000).boxed().toList());
        }
    }

    /** A sentinel looks for replicas when it starts, and then only every ten seconds. */
    private static RedisServer sentinelOnceItFollows(RedisServer replica, RedisServer primary) {
        await().until(
                        () ->
                                replica.command("INFO", "replication")
                                                .contains("master_link_status:up")
                                        && primary.command("INFO", "replication")
                                                .contains("online"));
        return RedisServer.sentinelOf("main", primary);
    }

    private static Optional<Long> opened(Destination there) {
        RedisStreamsClient client = there.client();
        try (client) {
            return Optional.of(client.open(lane("a")).epoch());
        } catch (Exception e) {
            assertThat(client.classify(e)).as("%s", e).isEqualTo(Failure.TRANSIENT);
            return Optional.empty();
        }
    }

    @Test
    void saysThatTheSentinelDoesNotKnowTheName() {
        try (RedisServer sentinel = RedisServer.sentinelOf("main", REDIS)) {
            Destination there = Destination.at(sentinel).option("sentinel_master", "other");
            RedisFailure failure =
                    catchThrowableOfType(RedisFailure.class, () -> there.client().open(lane("a")));
            assertThat(failure.kind()).isEqualTo(Failure.PERMANENT);
            assertThat(failure)
                    .hasMessageEndingWith("the sentinel knows no \"other\"; check sentinel_master");
        }
    }

    @Test
    void needsFewRights() throws Exception {
        try (RedisServer server =
                RedisServer.builder().user("cdc", "hush-hush", FEW_RIGHTS).start()) {
            Destination there = Destination.at(server).stream("orders").login("cdc", "hush-hush");
            try (RedisStreamsClient client = there.client()) {
                client.open(lane("a"));
                client.prepare(TestLane.KEYED);
                client.write(rows(1, 3));
                client.writeDeadLetter(row(4), "too odd");
                client.write(rows(5, 5));
            }
            assertThat(ids(server, "orders")).containsExactly(1L, 2L, 3L, 5L);
        }
    }
}
