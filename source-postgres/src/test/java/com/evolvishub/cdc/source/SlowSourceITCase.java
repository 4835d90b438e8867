package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PgBouncer;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A source that returns its first row late, but is available. Runs in parallel with other tests,
 * because it only waits.
 */
@Execution(ExecutionMode.CONCURRENT)
class SlowSourceITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    /**
     * After this time without a response, the server's liveness is checked; a busy machine responds
     * in time.
     */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** The liveness is checked twice. */
    private static final String SLOW = "CREATE VIEW slow AS SELECT 1 AS id FROM pg_sleep(21)";

    @Test
    void isReadAfterALongWait(@FreshDatabase Database source) throws Exception {
        source.execute(SLOW);
        readsTheRow(PipelineBuilder.connection(source));
    }

    @Test
    void isReadAfterALongWaitThroughAPooler(@FreshDatabase Database source) throws Exception {
        String role = ConnectionPoolerITCase.role(source);
        source.execute(SLOW);
        try (PgBouncer pooler = PgBouncer.before(source, 1, role, "reads")) {
            readsTheRow(ConnectionPoolerITCase.as(role, pooler.of(source), List.of()));
        }
    }

    private static void readsTheRow(ConnectionSpec source) throws Exception {
        assertThat(source.timeout()).isEqualTo(TIMEOUT);
        try (SourceTestHarness harness =
                new SourceTestHarness(
                        PipelineBuilder.table(source, "slow").key("id").polling().build())) {
            harness.finishPolls(1);

            assertThat(harness.rows()).containsExactly("INSERT 1");
            assertThat(harness.gate().status().errors).hasValue(0);
        }
    }
}
