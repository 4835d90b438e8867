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
 * A source that takes long to its first row and is not away. Side by side with other tests: all of
 * the time is spent waiting.
 */
@Execution(ExecutionMode.CONCURRENT)
class SlowSourceITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    /** A server that has said nothing for so long is asked; a busy machine answers in that time. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** It is asked twice. */
    private static final String SLOW = "CREATE VIEW slow AS SELECT 1 AS id FROM pg_sleep(21)";

    @Test
    void isWaitedFor(@FreshDatabase Database source) throws Exception {
        source.execute(SLOW);
        readsTheRow(PipelineBuilder.connection(source));
    }

    @Test
    void isWaitedForBehindAPooler(@FreshDatabase Database source) throws Exception {
        String role = ConnectionPoolerITCase.role(source);
        source.execute(SLOW);
        try (PgBouncer pooler = PgBouncer.before(source, 1, role, "reads")) {
            readsTheRow(ConnectionPoolerITCase.as(role, pooler.of(source), List.of()));
        }
    }

    private static void readsTheRow(ConnectionSpec source) throws Exception {
        assertThat(source.timeout()).isEqualTo(PATIENCE);
        try (SourceTestHarness lane =
                new SourceTestHarness(
                        PipelineBuilder.table(source, "slow").key("id").polling().build())) {
            lane.finishPolls(1);

            assertThat(lane.rows()).containsExactly("INSERT 1");
            assertThat(lane.gate().status().errors).hasValue(0);
        }
    }
}
