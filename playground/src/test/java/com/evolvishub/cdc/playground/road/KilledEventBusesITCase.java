package com.evolvishub.cdc.playground.road;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.playground.events.ReadBack;
import com.evolvishub.cdc.playground.events.Route;
import com.evolvishub.cdc.playground.events.Shop;
import com.evolvishub.cdc.playground.events.ShopChanges;
import com.evolvishub.cdc.servers.Database;
import com.evolvishub.cdc.servers.FreshDatabase;
import com.evolvishub.cdc.servers.PostgresServer;
import com.evolvishub.cdc.servers.RedisServer;
import com.evolvishub.cdc.servers.kafka.KafkaServer;
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
        Shop.fill(source, CUSTOMERS);
        try (EventRoad road = new EventRoad(folder, SharedEventServers.get(), source)) {
            ShopChanges changes = ShopChanges.start(source);
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
            for (Route route : Route.ALL) {
                ReadBack back = road.readBack(route);
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

    private static void killAtRandom(EventRoad road, Path state, Random random) throws Exception {
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
