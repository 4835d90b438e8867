package com.evolvishub.cdc.source.watermark;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.source.PipelineBuilder;
import com.evolvishub.cdc.source.SettableDatabaseClock;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Watermarks that are coarser than their type: a value covers a whole minute or day. */
class WatermarkGranularityITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @ParameterizedTest
    @CsvSource({
        "timestamptz, minute, UTC, 45 s",
        "timestamptz, hour, UTC, 50 min",
        "timestamptz, day, UTC, 20 hours",
        "timestamptz, day, Asia/Kolkata, 20 hours",
        "timestamp, minute, UTC, 45 s",
    })
    void aTieThatGrowsUntilItsPeriodEndsIsReadCompletely(
            String type, String unit, String zone, String later, @FreshDatabase Database source)
            throws Exception {
        fill(source, type, unit, zone, 30);
        SettableDatabaseClock clock = new SettableDatabaseClock(source);
        // one second after the period of the last value began
        clock.set(clockOffset(source, "1 s"));
        try (SourceTestHarness harness = harness(source)) {
            harness.useClock(SettableDatabaseClock.CLOCK);
            harness.finishPolls(2);
            clock.set(clockOffset(source, "30 s"));
            harness.finishPolls(2);
            harness.takeCheckpoint();
            harness.crash();
            clock.set(clockOffset(source, later));
            source.execute("INSERT INTO t SELECT 31, max(at) FROM t");
            harness.finishPolls(2);

            assertThat(harness.position().time().granularity().unitName()).isEqualTo(unit);
            assertThat(harness.gate().status().watermarkGranularitySeconds)
                    .hasValue(
                            WatermarkGranularity.valueOf(unit.toUpperCase(Locale.ROOT)).seconds());
            assertThat(harness.cells(0)).hasSize(31).doesNotHaveDuplicates().contains("31");
        }
    }

    @Test
    void aFinerValueResetsTheGranularityWithoutLossOrDuplicates(@FreshDatabase Database source)
            throws Exception {
        fill(source, "timestamptz", "minute", "UTC", 30);
        SettableDatabaseClock clock = new SettableDatabaseClock(source);
        clock.set(clockOffset(source, "1 s"));
        try (SourceTestHarness harness = harness(source)) {
            harness.useClock(SettableDatabaseClock.CLOCK);
            harness.finishPolls(2);
            clock.set(clockOffset(source, "20 s"));
            source.execute("INSERT INTO t SELECT 31, max(at) + interval '17.5 s' FROM t");
            harness.finishPolls(1);
            assertThat(harness.position().time().granularity())
                    .isEqualTo(WatermarkGranularity.FINE);

            source.execute("INSERT INTO t SELECT 32, max(at) - interval '5 s' FROM t");
            harness.finishPolls(2);
            harness.takeCheckpoint();
            harness.crash();
            harness.finishPolls(1);
            assertThat(harness.position().time().granularity())
                    .isEqualTo(WatermarkGranularity.FINE);
            assertThat(harness.cells(0)).hasSize(32).doesNotHaveDuplicates();
        }
    }

    @Test
    void aFewValuesDoNotDetermineAGranularity(@FreshDatabase Database source) throws Exception {
        fill(source, "timestamptz", "minute", "UTC", GranularityDetector.VALUES - 1);
        try (SourceTestHarness harness = harness(source)) {
            harness.finishPolls(2);

            assertThat(harness.position().time().granularity())
                    .isEqualTo(WatermarkGranularity.UNKNOWN);
        }
    }

    private static void fill(Database source, String type, String unit, String zone, int rows) {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at " + type + ")",
                ("INSERT INTO t SELECT %2$d + 1 - n, (date_trunc('%1$s', now() AT TIME ZONE '%3$s')"
                                + " - (n - 1) * interval '1 %1$s') AT TIME ZONE '%3$s'%4$s"
                                + " FROM generate_series(1, %2$d) n")
                        .formatted(
                                unit,
                                rows,
                                zone,
                                type.equals("timestamp") ? " AT TIME ZONE 'UTC'" : ""));
    }

    /** The clock offset at which the time is {@code later} after the last value. */
    private static String clockOffset(Database source, String later) {
        return source.queryOne(
                "SELECT (max(at)%s + interval '%s' - now())::text FROM t"
                        .formatted(
                                source.queryOne("SELECT pg_typeof(at) FROM t LIMIT 1")
                                                .contains("without")
                                        ? " AT TIME ZONE 'UTC'"
                                        : "",
                                later));
    }

    private static SourceTestHarness harness(Database source) throws Exception {
        return new SourceTestHarness(
                PipelineBuilder.table(source, "t")
                        .watermark("at", WatermarkType.TIMESTAMP)
                        .key("id")
                        .polling()
                        .build());
    }
}
