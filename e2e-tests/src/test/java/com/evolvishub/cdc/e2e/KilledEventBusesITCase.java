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
 * Kills a run into all three message brokers at random moments under load. {@code -Dkill.rounds=20}
 * kills more often, {@code -Dkill.seed} sets the moments.
 */
@Timeout(3600)
class KilledEventBusesITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
    @RegisterExtension static final KafkaServer KAFKA = KafkaServer.shared();
    @RegisterExtension static final RedisServer REDIS = RedisServer.shared();
    @RegisterExtension static final SharedEventServers SERVERS = new SharedEventServers();

    private static final int ROUNDS = Integer.getInteger("kill.rounds", 2);
    private static final int CUSTOMERS = 1000;

    @TempDir private Path directory;

    @Test
    void deliversEachEventOnceDespiteKills(@FreshDatabase Database source) throws Exception {
        long seed = Long.getLong("kill.seed", new Random().nextLong());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Path state = directory.resolve("state");
        ShopDatabase.fill(source, CUSTOMERS);
        try (EndToEndEventBuses setup =
                new EndToEndEventBuses(directory, SharedEventServers.get(), source)) {
            ShopChangeGenerator changes = ShopChangeGenerator.start(source);
            try (changes) {
                for (int round = 0; round < ROUNDS; round++) {
                    killAtRandom(setup, state, random);
                    source.execute(
                            changeAThird("orders", "order_id", "status = status || '.'"),
                            changeAThird("customers", "customer_id", "newsletter = NOT newsletter"),
                            changeAThird("products", "product_id", "stock = stock + 1"));
                }
            }
            assertThat(changes.failure()).isEmpty();
            try (CliThread last = setup.startInThisJvm(state)) {
                setup.awaitEqual(last);
                source.execute(
                        "DELETE FROM orders WHERE order_id % 10 = 0",
                        "DELETE FROM customers WHERE customer_id % 10 = 0",
                        "DELETE FROM products WHERE product_id % 10 = 0");
                setup.awaitEqual(last);
            }
            for (EventMapping mapping : EventMapping.ALL) {
                TopicComparison comparison = setup.compare(mapping);
                System.out.println(mapping.topic() + " after " + ROUNDS + " kills: " + comparison);
                assertThat(comparison.deletes()).isPositive();
            }
        }
    }

    /** Locks the table, because concurrent updates of rows in different orders could deadlock. */
    private static String changeAThird(String table, String key, String change) {
        return "DO $$ BEGIN LOCK TABLE %1$s IN SHARE ROW EXCLUSIVE MODE; UPDATE %1$s SET %3$s WHERE %2$s %% 3 = 0; END $$"
                .formatted(table, key, change);
    }

    private static void killAtRandom(EndToEndEventBuses setup, Path state, Random random)
            throws Exception {
        int before = setup.messages();
        int enough = 1 + random.nextInt(CUSTOMERS);
        try (CliProcess run = setup.start(state)) {
            await().atMost(Duration.ofMinutes(5))
                    .pollInterval(Duration.ofMillis(1 + random.nextInt(50)))
                    .until(() -> !run.isRunning() || setup.messages() - before >= enough);
            assertThat(run.isRunning()).as(run.output()).isTrue();
            run.kill();
        }
    }
}
