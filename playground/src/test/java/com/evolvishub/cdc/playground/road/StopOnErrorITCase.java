package com.evolvishub.cdc.playground.road;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.servers.Database;
import com.evolvishub.cdc.servers.FreshDatabase;
import com.evolvishub.cdc.servers.PostgresServer;
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
        GoodAndBad two = new GoodAndBad(folder, source, destination);
        try (CliProcess run = two.road().start()) {
            two.breakIt();
            CliProcess.Ended ended = run.await();
            assertThat(ended.exitCode()).as(ended.output()).isEqualTo(1);
            assertThat(ended.output())
                    .contains("error: bad: ", "\"bad\"", "Stopped, because stop_on_error is set.");
        }
        two.mendIt();
        try (CliThread run = two.road().startHere()) {
            two.assertLevel();
            run.interrupt();
            assertThat(run.await().exitCode()).isZero();
        }
    }
}
