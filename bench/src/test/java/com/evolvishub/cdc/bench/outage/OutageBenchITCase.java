package com.evolvishub.cdc.bench.outage;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
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
class OutageBenchITCase {
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
        Map<BenchEndpoint, Database> databases =
                Map.of(
                        BenchEndpoint.SHOP,
                        shop,
                        BenchEndpoint.BRANCH,
                        branch,
                        BenchEndpoint.WAREHOUSE,
                        warehouse,
                        BenchEndpoint.ARCHIVE,
                        archive);
        List<String> launcher =
                Optional.ofNullable(System.getProperty("outages.launcher"))
                        .map(List::of)
                        .orElse(List.of(Path.of("..", "bin", "evolvishub-cdc").toString()));
        try (OutageScenario matrix = OutageScenario.start(launcher, folder, databases, LOOKS)) {
            assertHarmless(
                    matrix,
                    List.of(
                            BenchEndpoint.KAFKA,
                            BenchEndpoint.PULSAR,
                            BenchEndpoint.REDIS,
                            BenchEndpoint.WAREHOUSE),
                    OutageKind.SILENT);
            assertHarmless(matrix, List.of(BenchEndpoint.BRANCH), OutageKind.REFUSES);
            assertThat(matrix.log().stream().filter(line -> line.contains(" WARN ")))
                    .isNotEmpty()
                    .allMatch(OutageBenchITCase::isOfAMapping);
            assertThat(matrix.stopQuietly()).isZero();
        }
    }

    /** Until it is told, the others flow, and checkpoints complete; then all is level and exact. */
    private static void assertHarmless(
            OutageScenario matrix, List<BenchEndpoint> ends, OutageKind cut) throws Exception {
        List<BenchMapping> concerned =
                BenchMapping.ALL.stream().filter(mapping -> mapping.needs(ends)).toList();
        List<BenchMapping> others =
                BenchMapping.ALL.stream().filter(mapping -> !mapping.needs(ends)).toList();
        OutageResult outage =
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
        return BenchMapping.ALL.stream()
                .anyMatch(mapping -> line.contains(" WARN  " + mapping.table() + ": "));
    }

    private static int checkpoints(OutageScenario matrix, long from) {
        return matrix.watch().checkpoints().between(from, Long.MAX_VALUE).completed();
    }

    private static boolean isTold(OutageScenario matrix, BenchMapping mapping, long from) {
        return OutageResult.describe(matrix.watch(), mapping, from, Long.MAX_VALUE).isPresent();
    }
}
