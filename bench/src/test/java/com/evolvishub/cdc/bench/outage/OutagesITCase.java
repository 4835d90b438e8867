package com.evolvishub.cdc.bench.outage;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.servers.Database;
import com.evolvishub.cdc.servers.FreshDatabase;
import com.evolvishub.cdc.servers.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the measurement measures, as far as it must hold on any machine. */
@Timeout(900)
class OutagesITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int CHECKPOINTS = 5;

    /** Latencies are not looked at. */
    private static final Duration LOOKS = Duration.ofMillis(250);

    @TempDir private Path folder;

    @Test
    void whatIsAwayHoldsUpNobodyElseAndLosesNothing(
            @FreshDatabase Database shop,
            @FreshDatabase Database branch,
            @FreshDatabase Database warehouse,
            @FreshDatabase Database archive)
            throws Exception {
        Map<End, Database> databases =
                Map.of(
                        End.SHOP,
                        shop,
                        End.BRANCH,
                        branch,
                        End.WAREHOUSE,
                        warehouse,
                        End.ARCHIVE,
                        archive);
        List<String> launcher =
                Optional.ofNullable(System.getProperty("outages.launcher"))
                        .map(List::of)
                        .orElse(List.of(Path.of("..", "bin", "evolvishub-cdc").toString()));
        try (Matrix matrix = Matrix.start(launcher, folder, databases, LOOKS)) {
            assertHarmless(
                    matrix, List.of(End.KAFKA, End.PULSAR, End.REDIS, End.WAREHOUSE), Cut.SILENT);
            assertHarmless(matrix, List.of(End.BRANCH), Cut.REFUSES);
            assertThat(matrix.log().stream().filter(line -> line.contains(" WARN ")))
                    .isNotEmpty()
                    .allMatch(OutagesITCase::isOfAMapping);
            assertThat(matrix.stopInSilence()).isZero();
        }
    }

    /** Until it is told, the others flow, and checkpoints complete; then all is level and exact. */
    private static void assertHarmless(Matrix matrix, List<End> ends, Cut cut) throws Exception {
        List<Mapping> concerned =
                Mapping.ALL.stream().filter(mapping -> mapping.needs(ends)).toList();
        List<Mapping> others =
                Mapping.ALL.stream().filter(mapping -> !mapping.needs(ends)).toList();
        Outage outage =
                matrix.cut(
                        ends,
                        cut,
                        LIMIT,
                        from ->
                                matrix.flow(others, from)
                                        && checkpoints(matrix, from) >= CHECKPOINTS
                                        && concerned.stream()
                                                .allMatch(each -> isTold(matrix, each, from)));

        assertThat(outage.differences()).isEmpty();
        assertThat(outage.restarts()).isZero();
    }

    /** Not of a client that has tried once more. */
    private static boolean isOfAMapping(String line) {
        return Mapping.ALL.stream()
                .anyMatch(mapping -> line.contains(" WARN  " + mapping.table() + ": "));
    }

    private static int checkpoints(Matrix matrix, long from) {
        return matrix.watch().checkpoints().between(from, Long.MAX_VALUE).completed();
    }

    private static boolean isTold(Matrix matrix, Mapping mapping, long from) {
        return Outage.told(matrix.watch(), mapping, from, Long.MAX_VALUE).isPresent();
    }
}
