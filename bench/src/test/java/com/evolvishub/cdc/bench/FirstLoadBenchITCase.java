package com.evolvishub.cdc.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirstLoadBenchITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void baselineLoadsEveryRow(
            boolean psqlIfAvailable,
            @FreshDatabase Database source,
            @FreshDatabase Database destination)
            throws Exception {
        CopyBaseline available = CopyBaseline.ofThisMachine();
        CopyBaseline baseline =
                new CopyBaseline(available.description(), psqlIfAvailable && available.psql());
        BenchTable.fillSource(source, 1000);
        BenchTable.recreate(destination, "loaded");

        assertThat(baseline.load(source, destination, "loaded")).isPositive();

        BenchTable.requireComplete(destination, "loaded", 1000);
        assertThat(BenchTable.progress(destination, "loaded")).isEqualTo(1000);
    }

    @Test
    void medianIsTheMiddleValue() {
        assertThat(FirstLoadBench.median(List.of(3.0, 1.0, 2.0))).isEqualTo(2.0);
        assertThat(FirstLoadBench.median(List.of(4.0, 1.0, 2.0, 3.0))).isEqualTo(2.5);
    }
}
