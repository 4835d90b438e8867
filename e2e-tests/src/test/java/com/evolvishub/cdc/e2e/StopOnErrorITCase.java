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
 * A quarantined mapping ends the run, and the next run delivers each row exactly once. {@link
 * ClusterITCase} tests the same on a cluster.
 */
class StopOnErrorITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @TempDir private Path directory;

    @Test
    void endsTheEmbeddedRunWithExitCodeOne(
            @FreshDatabase Database source, @FreshDatabase Database destination) throws Exception {
        BreakableMappings mappings = new BreakableMappings(directory, source, destination);
        try (CliProcess run = mappings.setup().start()) {
            mappings.breakOneMapping();
            CliProcess.Ended ended = run.await();
            assertThat(ended.exitCode()).as(ended.output()).isEqualTo(1);
            assertThat(ended.output())
                    .contains("error: bad: ", "\"bad\"", "Stopped, because stop_on_error is set.");
        }
        mappings.repairMapping();
        try (CliThread run = mappings.setup().startInThisJvm()) {
            mappings.assertCopiesEqual();
            run.interrupt();
            assertThat(run.await().exitCode()).isZero();
        }
    }
}
