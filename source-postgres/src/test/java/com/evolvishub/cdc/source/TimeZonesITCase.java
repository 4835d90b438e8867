package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The time zone that a source is read in. */
class TimeZonesITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @ParameterizedTest
    @ValueSource(strings = {"watermark", "watermark in a zone of its own", "diff"})
    void aViewReturnsTheSameValuesAsToTheRole(String variant, @FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz)",
                "CREATE VIEW v AS SELECT id, at, at::date AS day, at::text AS words FROM t",
                "INSERT INTO t VALUES (1, '2024-01-02 03:00:00.5+00'), (2, '2024-07-02 03:00+00')",
                inZone(source, "America/New_York"));
        PipelineBuilder builder = PipelineBuilder.table(source, "v").key("id").polling();
        String zone = variant.endsWith("own") ? "Asia/Tokyo" : "";
        Pipeline pipeline =
                variant.equals("diff") ? builder.build() : builder.capture(watermark(zone)).build();
        try (SourceTestHarness harness = new SourceTestHarness(pipeline)) {
            harness.finishPolls(2);

            assertThat(harness.cells(2)).containsExactly("2024-01-01", "2024-07-01");
            assertThat(harness.cells(3))
                    .containsExactly("2024-01-01 22:00:00.5-05", "2024-07-01 23:00:00-04");
            // the same instants, written in the role's zone
            assertThat(harness.cells(1)).isEqualTo(harness.cells(3));
        }
    }

    @Test
    void rejectsAPositionWithoutAZoneWhenTheZoneChanges(@FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamp)",
                "INSERT INTO t VALUES (1, '2024-01-02 03:00')",
                inZone(source, "America/New_York"));
        Pipeline own = PipelineBuilder.table(source, "t").capture(watermark("")).polling().build();
        try (SourceTestHarness harness = new SourceTestHarness(own)) {
            harness.finishPolls(2);
            source.execute(inZone(source, "Asia/Tokyo"));
            harness.restart(own, RestoreMode.RESUME);
            assertThatThrownBy(() -> harness.finishPolls(1))
                    .hasMessageContaining(
                            "at has no zone, and was read in America/New_York until now; it would be read in Asia/Tokyo")
                    .hasMessageContaining("Set watermark.timezone to America/New_York");

            // follow the advice of the message
            harness.restart(
                    PipelineBuilder.table(source, "t")
                            .capture(watermark("America/New_York"))
                            .polling()
                            .build(),
                    RestoreMode.RESUME);
            harness.finishPolls(2);
            harness.restart(own, RestoreMode.ACCEPT_CHANGE);
            harness.finishPolls(2);
            assertThat(harness.cells(0)).containsExactly("1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"timestamptz", "bigint"})
    void resumesFromAPositionThatDoesNotDependOnTheZone(String type, @FreshDatabase Database source)
            throws Exception {
        String value = type.equals("bigint") ? "7" : "'2024-01-02 03:00+00'";
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at " + type + ")",
                "INSERT INTO t VALUES (1, " + value + ")",
                inZone(source, "America/New_York"));
        Pipeline own = PipelineBuilder.table(source, "t").capture(watermark("")).polling().build();
        try (SourceTestHarness harness = new SourceTestHarness(own)) {
            harness.finishPolls(2);
            source.execute(inZone(source, "Asia/Tokyo"));
            harness.restart(own, RestoreMode.RESUME);
            source.execute("INSERT INTO t VALUES (2, " + value + ")");
            harness.finishPolls(2);
            // the text of a row depends on the zone: a row that is read again looks changed
            assertThat(harness.cells(0)).contains("1", "2");
        }
    }

    private static String inZone(Database source, String zone) {
        return "ALTER DATABASE %s SET timezone = '%s'".formatted(source.name(), zone);
    }

    private static Capture watermark(String zone) {
        return new Capture.ByWatermark(
                "at",
                WatermarkType.TIMESTAMP,
                "",
                zone,
                Duration.ofSeconds(10),
                1000,
                Duration.ZERO,
                NullWatermarkPolicy.IGNORE);
    }
}
