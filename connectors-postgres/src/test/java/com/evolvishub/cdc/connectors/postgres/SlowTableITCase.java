package com.evolvishub.cdc.connectors.postgres;

import static com.evolvishub.cdc.delivery.TestLane.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.delivery.Delivery;
import com.evolvishub.cdc.delivery.RecoveryChoices;
import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.flow.FlowElement;
import com.evolvishub.cdc.flow.Gate;
import com.evolvishub.cdc.flow.LaneKey;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import com.evolvishub.cdc.planner.spec.Option;
import com.evolvishub.cdc.planner.spec.Secret;
import com.evolvishub.cdc.servers.Database;
import com.evolvishub.cdc.servers.FreshDatabase;
import com.evolvishub.cdc.servers.PostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A table that takes longer for a batch than the client waits. */
@Timeout(300)
class SlowTableITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final int ROWS = 30;

    @Test
    void getsSmallerBatchesUntilTheyAreDoneInTime(@FreshDatabase Database database)
            throws Exception {
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text)",
                "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM"
                        + " pg_sleep(0.1); RETURN NEW; END $$",
                "CREATE TRIGGER slow BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION slow()");
        Pipeline pipeline = TestLane.to(impatient(Destination.in(database).endpoint())).pipeline();
        String run = UUID.randomUUID().toString();
        OneInputStreamOperatorTestHarness<FlowElement, Void> task =
                new OneInputStreamOperatorTestHarness<>(
                        new Delivery(pipeline, run, RecoveryChoices.NONE));
        try {
            task.setup();
            task.open();
            Gate gate = Gate.of(new LaneKey(run, pipeline.identity()));
            await().until(gate::isOpen);
            for (int id = 1; id <= ROWS; id++) {
                task.processElement(
                        new StreamRecord<>(row(TestLane.KEYED, Integer.toString(id), "a")));
            }
            task.snapshot(1, 1);
            task.notifyOfCompletedCheckpoint(1);

            await().atMost(Duration.ofSeconds(250))
                    .until(() -> gate.status().rowsWritten.get() == ROWS);
            assertThat(gate.status().errors).hasValueGreaterThan(0);
            assertThat(database.queryOne("SELECT count(*) FROM orders"))
                    .isEqualTo(Integer.toString(ROWS));
            assertThat(database.queryOne("SELECT count(*) FROM evolvishub_cdc.dead_letter"))
                    .isEqualTo("0");
        } finally {
            task.close();
        }
    }

    private static EndpointSpec impatient(EndpointSpec plain) {
        ConnectionSpec like = plain.connection();
        return new EndpointSpec(
                plain.type(),
                new ConnectionSpec(
                        like.host(),
                        like.port(),
                        like.database(),
                        like.username(),
                        like.password(),
                        like.tls(),
                        like.timeout(),
                        List.of(new Option("socketTimeout", new Secret("1")))),
                plain.schema(),
                plain.table(),
                plain.options());
    }
}
