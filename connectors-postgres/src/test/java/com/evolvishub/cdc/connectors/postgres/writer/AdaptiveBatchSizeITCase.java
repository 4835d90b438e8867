package com.evolvishub.cdc.connectors.postgres.writer;

import static com.evolvishub.cdc.sink.contract.TestPipeline.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.connectors.postgres.PostgresTestTable;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.runtime.pipeline.BackpressureGate;
import com.evolvishub.cdc.runtime.pipeline.PipelineKey;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.recovery.RecoveryOptions;
import com.evolvishub.cdc.sink.writer.WriteAheadOperator;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A table whose batches take longer than the client's timeout. */
@Timeout(300)
class AdaptiveBatchSizeITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final int ROWS = 30;

    @Test
    void reducesBatchesUntilTheyFinishWithinTheTimeout(@FreshDatabase Database database)
            throws Exception {
        database.execute(
                "CREATE TABLE orders (id bigint PRIMARY KEY, name text)",
                "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM"
                        + " pg_sleep(0.1); RETURN NEW; END $$",
                "CREATE TRIGGER slow BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION slow()");
        Pipeline pipeline =
                TestPipeline.into(impatient(PostgresTestTable.in(database).endpoint())).pipeline();
        String run = UUID.randomUUID().toString();
        OneInputStreamOperatorTestHarness<PipelineElement, Void> task =
                new OneInputStreamOperatorTestHarness<>(
                        new WriteAheadOperator(pipeline, run, RecoveryOptions.NONE));
        try {
            task.setup();
            task.open();
            BackpressureGate gate = BackpressureGate.of(new PipelineKey(run, pipeline.identity()));
            await().until(gate::isOpen);
            for (int id = 1; id <= ROWS; id++) {
                task.processElement(
                        new StreamRecord<>(row(TestPipeline.KEYED, Integer.toString(id), "a")));
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
                        List.of(new EndpointOption("socketTimeout", new Secret("1")))),
                plain.schema(),
                plain.table(),
                plain.options());
    }
}
