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

/** Checks the results of the outage bench that do not depend on the machine. */
@Timeout(900)
class OutageBenchITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final Duration OUTAGE_TIMEOUT = Duration.ofMinutes(3);
    private static final int CHECKPOINTS = 5;

    /** May be coarse: the test does not check latencies. */
    private static final Duration POLL_INTERVAL = Duration.ofMillis(250);

    @TempDir private Path directory;

    @Test
    void outagesDoNotDelayOtherMappingsAndLoseNoRows(
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
        try (OutageScenario scenario =
                OutageScenario.start(launcher, directory, databases, POLL_INTERVAL)) {
            assertNoEffectOnOthers(
                    scenario,
                    List.of(
                            BenchEndpoint.KAFKA,
                            BenchEndpoint.PULSAR,
                            BenchEndpoint.REDIS,
                            BenchEndpoint.WAREHOUSE),
                    OutageKind.SILENT);
            assertNoEffectOnOthers(scenario, List.of(BenchEndpoint.BRANCH), OutageKind.REFUSES);
            assertThat(scenario.log().stream().filter(line -> line.contains(" WARN ")))
                    .isNotEmpty()
                    .allMatch(OutageBenchITCase::isLoggedByAMapping);
            assertThat(scenario.stopQuietly()).isZero();
        }
    }

    /**
     * Ends the outage once the status reports it, the other mappings deliver and checkpoints
     * complete. Then checks that all mappings catch up without differences and restarts.
     */
    private static void assertNoEffectOnOthers(
            OutageScenario scenario, List<BenchEndpoint> endpoints, OutageKind kind)
            throws Exception {
        List<BenchMapping> affected =
                BenchMapping.ALL.stream().filter(mapping -> mapping.needs(endpoints)).toList();
        List<BenchMapping> unaffected =
                BenchMapping.ALL.stream().filter(mapping -> !mapping.needs(endpoints)).toList();
        OutageResult outage =
                scenario.runOutage(
                        endpoints,
                        kind,
                        OUTAGE_TIMEOUT,
                        from ->
                                scenario.delivered(unaffected, from)
                                        && checkpoints(scenario, from) >= CHECKPOINTS
                                        && affected.stream()
                                                .allMatch(
                                                        each -> isReported(scenario, each, from)));

        assertThat(outage.differences()).isEmpty();
        assertThat(outage.restarts()).isZero();
    }

    /** Whether a mapping logged the line, and not a client that retries. */
    private static boolean isLoggedByAMapping(String line) {
        return BenchMapping.ALL.stream()
                .anyMatch(mapping -> line.contains(" WARN  " + mapping.table() + ": "));
    }

    private static int checkpoints(OutageScenario scenario, long from) {
        return scenario.monitor().checkpoints().between(from, Long.MAX_VALUE).completed();
    }

    private static boolean isReported(OutageScenario scenario, BenchMapping mapping, long from) {
        return OutageResult.describe(scenario.monitor(), mapping, from, Long.MAX_VALUE).isPresent();
    }
}
