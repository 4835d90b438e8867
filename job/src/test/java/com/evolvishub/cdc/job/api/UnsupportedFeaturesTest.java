package com.evolvishub.cdc.job.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.job.PlannedTestFile;
import com.evolvishub.cdc.planner.physical.Deliver;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnsupportedFeaturesTest {

    @TempDir private Path directory;

    private PlannedFile fileWithDestination(String type) {
        return PlannedTestFile.of(
                directory,
                """
                name: shop
                mappings:
                  - name: orders
                    source: {type: postgresql, host: here, database: a, table: orders}
                    destination: {type: %s, host: there, database: "0", table: orders}
                    delivery: exactly_once
                """
                        .formatted(type));
    }

    private static Pipeline transactional(PlannedFile file) {
        Pipeline planned = file.physical().pipelines().get(0);
        Deliver deliver = planned.deliver();
        return new Pipeline(
                planned.identity(),
                planned.mapping(),
                true,
                planned.worker(),
                0,
                new Deliver(
                        deliver.input(),
                        deliver.destination(),
                        DeliveryMode.TRANSACTIONAL,
                        deliver.createTable(),
                        deliver.onBadRow(),
                        deliver.schemaChange(),
                        deliver.retry()));
    }

    @Test
    void rejectsTransactionalDeliveryAtItsLineIfTheDestinationHasNone() {
        PlannedFile file = fileWithDestination("redis_streams");

        assertThat(UnsupportedFeatures.of(file, transactional(file)))
                .singleElement()
                .asString()
                .isEqualTo(
                        "mappings[0].delivery: this build cannot deliver transactionally to redis_streams yet; expected exactly_once or at_least_once (line 6)");
    }

    @Test
    void acceptsTransactionalDeliveryToPostgres() {
        PlannedFile file = fileWithDestination("postgresql");

        assertThat(UnsupportedFeatures.of(file, transactional(file))).isEmpty();
    }
}
