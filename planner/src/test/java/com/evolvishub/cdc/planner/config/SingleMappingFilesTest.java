package com.evolvishub.cdc.planner.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.spec.ConfigFileSpec;
import com.evolvishub.cdc.planner.spec.MappingSpec;
import com.evolvishub.cdc.planner.spec.SyncSpec;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SingleMappingFilesTest {

    private static final String OLD =
            """
            source:
              type: postgresql
              host: h
              user: me
              database: d
              query: SELECT * FROM t WHERE c > :last_sync LIMIT :batch_size
              watermark: {column: c, type: timestamp, initial_value: "2024-01-01"}
            destination: {type: postgresql, host: w, database: w, table: t}
            sync: {mode: continuous, interval_seconds: 30}
            """;

    @Test
    void namesTheMappingAfterTheFile() {
        ConfigFileSpec spec =
                SpecReaderFixture.plain().read("conf/nightly.orders.yaml", OLD).spec();

        assertThat(spec.name()).isEqualTo("nightly.orders");
        assertThat(spec.mappings()).hasSize(1);
        MappingSpec mapping = spec.mappings().get(0);
        assertThat(mapping.name()).isEqualTo("nightly.orders");
        assertThat(mapping.path()).isEmpty();
        assertThat(mapping.query()).startsWith("SELECT * FROM t");
        assertThat(mapping.source().table()).isEmpty();
        assertThat(mapping.source().connection().username()).isEqualTo("me");
        assertThat(mapping.watermark().orElseThrow().initialValue()).isEqualTo("2024-01-01");
        assertThat(mapping.sync().mode()).isEqualTo(SyncSpec.Mode.CONTINUOUS);
        assertThat(mapping.sync().interval()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void aGivenNameTakesPrecedence() {
        assertThat(SpecReaderFixture.plain().read("a.yaml", "name: b\n" + OLD).spec().name())
                .isEqualTo("b");
    }

    @Test
    void readsTheSameFileAsJson() {
        String json =
                """
                {"source": {"type": "postgresql", "host": "h", "database": "d", "table": "t"},
                 "destination": {"type": "redis_streams", "host": "r", "database": 0, "table": "s"}}
                """;

        assertThat(SpecReaderFixture.plain().read("orders.json", json).spec().name())
                .isEqualTo("orders");
    }

    @Test
    void pathsOfProblemsStartAtTheTopLevel() {
        assertThat(
                        SpecReaderFixture.plain()
                                .problems("a.yaml", OLD.replace("host: w, ", "hots: w, ")))
                .containsExactly(
                        "destination.host: is missing; expected the server's name (line 8)",
                        "destination.hots: unknown key \"hots\"; did you mean \"host\"? (line 8)");
    }

    @Test
    void readsSelectAsAQuery() {
        String text = OLD.replaceAll("query: .*", "select: SELECT a FROM t");

        assertThat(SpecReaderFixture.plain().read("a.yaml", text).spec().mappings().get(0).query())
                .isEqualTo("SELECT a FROM t");
    }
}
