package com.evolvishub.cdc.source.watermark;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.source.PipelineBuilder;
import com.evolvishub.cdc.source.SettableDatabaseClock;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers that are committed late, below a settled position. */
class NumericLookbackTimerITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    /** Follows the machine's clock and can be moved forward. */
    private static final class AdjustableClock extends Clock {
        private volatile Duration ahead = Duration.ZERO;

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }

        @Override
        public ZoneId getZone() {
            return ZoneId.of("UTC");
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bigint", "numeric", "xid8"})
    void aLateNumberIsFoundWithoutAHigherOne(String type, @FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, n " + type + ")",
                "INSERT INTO t SELECT i, i::text::" + type + " FROM generate_series(1, 5) i",
                "INSERT INTO t VALUES (8, '8')");
        AdjustableClock clock = new AdjustableClock();
        SettableDatabaseClock databaseClock = new SettableDatabaseClock(source);
        try (SourceTestHarness harness = harness(source)) {
            harness.useClock(clock);
            harness.useClock(SettableDatabaseClock.CLOCK, databaseClock.localClock());
            harness.finishPolls(2);
            // now the position is settled
            databaseClock.pass(Duration.ofMinutes(10));
            harness.finishPolls(2);
            source.execute("INSERT INTO t VALUES (6, '6')");
            harness.finishPolls(3);
            assertThat(harness.cells(0)).containsExactly("1", "2", "3", "4", "5", "8");

            clock.ahead = NumericLookbackTimer.EVERY.plusSeconds(1);
            harness.finishPolls(2);
            assertThat(harness.cells(0)).containsExactly("1", "2", "3", "4", "5", "8", "6");

            source.execute("INSERT INTO t VALUES (7, '7')");
            clock.ahead = NumericLookbackTimer.EVERY.multipliedBy(2).plusSeconds(2);
            harness.takeCheckpoint();
            harness.finishPolls(2);
            assertThat(harness.cells(0)).hasSize(8).doesNotHaveDuplicates().endsWith("7");
        }
    }

    private static SourceTestHarness harness(Database source) throws Exception {
        return new SourceTestHarness(
                PipelineBuilder.table(source, "t")
                        .capture(
                                new Capture.ByWatermark(
                                        "n",
                                        WatermarkType.INTEGER,
                                        "",
                                        "",
                                        Duration.ofMinutes(1),
                                        1000,
                                        Duration.ZERO,
                                        NullWatermarkPolicy.IGNORE))
                        .key("id")
                        .polling()
                        .build());
    }
}
