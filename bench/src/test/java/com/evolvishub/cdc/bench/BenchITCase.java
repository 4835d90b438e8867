package com.evolvishub.cdc.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.servers.Database;
import com.evolvishub.cdc.servers.FreshDatabase;
import com.evolvishub.cdc.servers.PostgresServer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BenchITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theYardstickLoadsEveryRow(
            boolean psqlWhereThereIsOne,
            @FreshDatabase Database source,
            @FreshDatabase Database destination)
            throws Exception {
        Yardstick found = Yardstick.ofThisMachine();
        Yardstick yardstick =
                new Yardstick(found.description(), psqlWhereThereIsOne && found.psql());
        BenchTable.fillSource(source, 1000);
        BenchTable.recreate(destination, "loaded");

        assertThat(yardstick.load(source, destination, "loaded")).isPositive();

        BenchTable.requireComplete(destination, "loaded", 1000);
        assertThat(BenchTable.progress(destination, "loaded")).isEqualTo(1000);
    }

    @Test
    void theMedianIsTheMiddleOne() {
        assertThat(Bench.median(List.of(3.0, 1.0, 2.0))).isEqualTo(2.0);
        assertThat(Bench.median(List.of(4.0, 1.0, 2.0, 3.0))).isEqualTo(2.5);
    }
}
