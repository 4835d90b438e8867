package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.quickstart.events.EventMapping;
import com.evolvishub.cdc.quickstart.events.ShopChangeGenerator;
import com.evolvishub.cdc.quickstart.events.ShopDatabase;
import com.evolvishub.cdc.quickstart.events.TopicComparison;
import com.evolvishub.cdc.testing.kafka.KafkaServer;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import com.evolvishub.cdc.testing.redis.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 of a run to all three buses, at random moments under load. {@code -Dkill.rounds=20} kills
 * more often, {@code -Dkill.seed} chooses the moments.
 */
@Timeout(3600)
class KilledEventBusesITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
    @RegisterExtension static final KafkaServer KAFKA = KafkaServer.shared();
    @RegisterExtension static final RedisServer REDIS = RedisServer.shared();
    @RegisterExtension static final SharedEventServers SERVERS = new SharedEventServers();

    private static final int ROUNDS = Integer.getInteger("kill.rounds", 2);
    private static final int CUSTOMERS = 1000;

    @TempDir private Path folder;

    @Test
    void losesNoEventAndRepeatsNone(@FreshDatabase Database source) throws Exception {
        long seed = Long.getLong("kill.seed", new Random().nextLong());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Path state = folder.resolve("state");
        ShopDatabase.fill(source, CUSTOMERS);
        try (EndToEndEventBuses road =
                new EndToEndEventBuses(folder, SharedEventServers.get(), source)) {
            ShopChangeGenerator changes = ShopChangeGenerator.start(source);
            try (changes) {
                for (int round = 0; round < ROUNDS; round++) {
                    killAtRandom(road, state, random);
                    source.execute(
                            changeAThird("orders", "order_id", "status = status || '.'"),
                            changeAThird("customers", "customer_id", "newsletter = NOT newsletter"),
                            changeAThird("products", "product_id", "stock = stock + 1"));
                }
            }
            assertThat(changes.failure()).isEmpty();
            try (CliThread last = road.startHere(state)) {
                road.awaitEqual(last);
                source.execute(
                        "DELETE FROM orders WHERE order_id % 10 = 0",
                        "DELETE FROM customers WHERE customer_id % 10 = 0",
                        "DELETE FROM products WHERE product_id % 10 = 0");
                road.awaitEqual(last);
            }
            for (EventMapping route : EventMapping.ALL) {
                TopicComparison back = road.readBack(route);
                System.out.println(route.topic() + " after " + ROUNDS + " kills: " + back);
                assertThat(back.deletes()).isPositive();
            }
        }
    }

    /**
     * The table is locked: two who change rows of it in different orders could block each other.
     */
    private static String changeAThird(String table, String key, String change) {
        return "DO $$ BEGIN LOCK TABLE %1$s IN SHARE ROW EXCLUSIVE MODE; UPDATE %1$s SET %3$s WHERE %2$s %% 3 = 0; END $$"
                .formatted(table, key, change);
    }

    private static void killAtRandom(EndToEndEventBuses road, Path state, Random random)
            throws Exception {
        int before = road.messages();
        int enough = 1 + random.nextInt(CUSTOMERS);
        try (CliProcess run = road.start(state)) {
            await().atMost(Duration.ofMinutes(5))
                    .pollInterval(Duration.ofMillis(1 + random.nextInt(50)))
                    .until(() -> !run.isRunning() || road.messages() - before >= enough);
            assertThat(run.isRunning()).as(run.output()).isTrue();
            run.kill();
        }
    }
}
