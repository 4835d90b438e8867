package com.evolvishub.cdc.playground.road;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.playground.events.EventServers;
import com.evolvishub.cdc.playground.events.ReadBack;
import com.evolvishub.cdc.playground.events.Route;
import com.evolvishub.cdc.playground.events.Shop;
import com.evolvishub.cdc.playground.events.ShopChanges;
import com.evolvishub.cdc.servers.Database;
import com.evolvishub.cdc.servers.PostgresServer;
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

    private static final int ROUNDS = Integer.getInteger("kill.rounds", 2);

    @TempDir private Path folder;

    @Test
    void losesNoEventAndRepeatsNone() throws Exception {
        long seed = Long.getLong("kill.seed", new Random().nextLong());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Path state = folder.resolve("state");
        try (EventServers servers = EventServers.start(OpenFolder.in(folder))) {
            Database source = Shop.create(servers.postgres(), 4000);
            try (EventRoad road = new EventRoad(folder, servers, source)) {
                ShopChanges changes = ShopChanges.start(source);
                try (changes) {
                    for (int round = 0; round < ROUNDS; round++) {
                        killAtRandom(road, state, random);
                        source.execute(
                                "UPDATE orders SET status = status || '.' WHERE order_id % 3 = 0",
                                "UPDATE customers SET newsletter = NOT newsletter WHERE customer_id % 3 = 0",
                                "UPDATE products SET stock = stock + 1 WHERE product_id % 3 = 0");
                    }
                }
                try (CliProcess last = road.start(state)) {
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
    }

    private static void killAtRandom(EventRoad road, Path state, Random random) throws Exception {
        int before = road.messages();
        int enough = 1 + random.nextInt(4000);
        try (CliProcess run = road.start(state)) {
            await().atMost(Duration.ofMinutes(3))
                    .pollInterval(Duration.ofMillis(1 + random.nextInt(50)))
                    .until(() -> !run.isRunning() || road.messages() - before >= enough);
            assertThat(run.isRunning()).as(run.output()).isTrue();
            run.kill();
        }
    }
}
