package com.evolvishub.cdc.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * One mapping that cannot go on ends the run, and the next run loses and repeats nothing. {@link
 * ClusterITCase} has the same on a cluster.
 */
class StopOnErrorITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @TempDir private Path folder;

    @Test
    void endsAnEmbeddedRunWithExitCodeOne(
            @FreshDatabase Database source, @FreshDatabase Database destination) throws Exception {
        BreakableMappings two = new BreakableMappings(folder, source, destination);
        try (CliProcess run = two.road().start()) {
            two.breakIt();
            CliProcess.Ended ended = run.await();
            assertThat(ended.exitCode()).as(ended.output()).isEqualTo(1);
            assertThat(ended.output())
                    .contains("error: bad: ", "\"bad\"", "Stopped, because stop_on_error is set.");
        }
        two.repairIt();
        try (CliThread run = two.road().startHere()) {
            two.assertLevel();
            run.interrupt();
            assertThat(run.await().exitCode()).isZero();
        }
    }
}
