package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.Schedule;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.sql.PollQuery;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Random interleavings of writers, polls, checkpoints and crashes. When the writers have stopped
 * and the pipeline is up to date, the destination holds the newest version of every row, received
 * none twice, and versions of a key never decreased. {@code -Dhistories=N} runs N rounds in total,
 * {@code -Dhistories.seed=S} one round with that seed in each mode. Modes run in parallel, each in
 * its own database: they spend most of their time waiting for statements.
 */
@Execution(ExecutionMode.CONCURRENT)
class RandomHistoriesITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
    @RegisterExtension static final PrimaryWithStandby PAIR = PrimaryWithStandby.shared();

    private static final Logger LOG = LoggerFactory.getLogger(RandomHistoriesITCase.class);
    private static final int ROUNDS = Integer.getInteger("histories", 200);

    /** Capture modes, and the watermarks that writers set. */
    enum Mode {
        SERVER_TIME("timestamptz", "began()", true),
        SERVER_TIME_WITHOUT_KEY("timestamptz", "began()", false),
        /**
         * Evaluated at each statement: a transaction's start time does not change with the clock.
         */
        CLIENT_TIME(
                "timestamptz",
                "db_now() + (clock_timestamp() - now()) - random() * interval '8 s'",
                true),
        LOCAL_TIME("timestamp", "began()", true),
        WHOLE_SECONDS("timestamp(0)", "date_trunc('second', began())", true),
        DAYS("date", "began()::date", true),
        SEQUENCE("bigint", "nextval('ids')", true),
        SEQUENCE_WITHOUT_KEY("int", "nextval('ids')", false),
        NUMERIC("numeric", "nextval('ids') + 0.5", true),
        TEXT("text", "to_char(began(), 'YYYY-MM-DD HH24:MI:SS.US')", true),
        /** Set at each change: a standby shows a transaction from its first change on. */
        STANDBY("timestamptz", "clock_timestamp()", true),
        QUERY("timestamptz", "began()", true),
        DIFF("timestamptz", "began()", true),
        DIFF_WITHOUT_KEY("timestamptz", "began()", false);

        private final String type;
        private final String watermark;
        private final boolean keyed;
        private final String future;

        Mode(String type, String watermark, boolean keyed) {
            this.type = type;
            this.watermark = watermark;
            this.keyed = keyed;
            this.future = futureOf();
        }

        /** SQL of a watermark that many units ahead of the clock; empty: the type has none. */
        private String futureOf() {
            return switch (type) {
                case "timestamptz", "timestamp", "timestamp(0)" -> "db_now() + %d * interval '1 s'";
                case "date" -> "db_now()::date + %d";
                case "numeric" -> "CASE WHEN %d > 25 THEN 'NaN'::numeric ELSE 'Infinity' END";
                default -> "";
            };
        }

        boolean allowsClockSteps() {
            // a query and a text watermark keep no dedupe state for a minute back
            return this != QUERY && this != TEXT && this != STANDBY;
        }

        /**
         * As long as users configure it, and longer than a busy machine pauses, because time is
         * simulated. A standby replays the clock's row late, so real time passes there. Whole
         * seconds have a granularity above the lookback.
         */
        Duration lookback() {
            return switch (this) {
                case STANDBY -> Duration.ofMillis(300);
                case WHOLE_SECONDS -> Duration.ofMillis(900);
                default -> Duration.ofSeconds(10);
            };
        }

        /**
         * The unit of clock steps in seconds: larger than the error of a transaction snapshot where
         * the lookback does not cover it.
         */
        int stepSeconds() {
            return this == WHOLE_SECONDS ? 5 : 1;
        }

        boolean isDiff() {
            return this == DIFF || this == DIFF_WITHOUT_KEY;
        }
    }

    @ParameterizedTest
    @EnumSource(names = "STANDBY", mode = EnumSource.Mode.EXCLUDE)
    void losesAndDuplicatesNoRow(Mode mode, @FreshDatabase Database source) throws SQLException {
        runRounds(mode, source, StandbyReplay.NONE);
    }

    @Test
    @ResourceLock(PrimaryWithStandby.REPLAY)
    void losesAndDuplicatesNoRowOnAStandby() throws SQLException {
        Database source = PAIR.primary().createDatabase("histories");
        try (StandbyReplay replay = StandbyReplay.of(source)) {
            runRounds(Mode.STANDBY, source, replay);
        } finally {
            PAIR.primary().dropDatabase(source.name());
        }
    }

    private static void runRounds(Mode mode, Database source, StandbyReplay replay)
            throws SQLException {
        Long seed = Long.getLong("histories.seed");
        int rounds = seed != null ? 1 : Math.max(1, ROUNDS / Mode.values().length);
        source.execute(
                "CREATE SEQUENCE ids",
                "CREATE SEQUENCE versions",
                "ALTER DATABASE %s SET timezone TO 'UTC'".formatted(source.name()));
        List<Long> seeds =
                seed != null ? List.of(seed) : new Random().longs(rounds).boxed().toList();
        LOG.info("{}: seeds {}", mode, seeds);
        try (Connection connection = source.connect();
                Statement statement = connection.createStatement();
                RandomTableWriters writers =
                        new RandomTableWriters(
                                source,
                                SettableDatabaseClock.BEGIN,
                                mode.watermark,
                                mode.isDiff());
                TableMaintenance maintenance = new TableMaintenance(source)) {
            SettableDatabaseClock clock = new SettableDatabaseClock(source).over(statement);
            for (long roundSeed : seeds) {
                try {
                    runRounds(
                            mode,
                            source,
                            replay,
                            clock,
                            writers,
                            maintenance,
                            new Random(roundSeed));
                } catch (AssertionError | Exception failure) {
                    throw new AssertionError(
                            "-Dhistories.seed=%d in %s, of the seeds %s: %s"
                                    .formatted(roundSeed, mode, seeds, failure.getMessage()),
                            failure);
                }
            }
        }
    }

    private static void runRounds(
            Mode mode,
            Database source,
            StandbyReplay replay,
            SettableDatabaseClock clock,
            RandomTableWriters writers,
            TableMaintenance maintenance,
            Random random)
            throws Exception {
        clock.reset();
        source.execute(
                "DROP TABLE IF EXISTS t CASCADE",
                "CREATE TABLE t (k int PRIMARY KEY, v int, at " + mode.type + ")",
                "INSERT INTO t SELECT n, nextval('versions'), "
                        + mode.watermark.replace("began()", "db_now()")
                        + " FROM generate_series(0, "
                        + random.nextInt(30)
                        + ", 2) n",
                "CREATE OR REPLACE VIEW w AS SELECT * FROM t");
        Database read = replay.catchUp(source);
        writers.beginRound(random);
        try (SourceTestHarness harness =
                new SourceTestHarness(pipeline(mode, read, mode.lookback())).retryingLocks()) {
            harness.useClock(
                    SettableDatabaseClock.CLOCK,
                    mode.allowsClockSteps() ? clock.localClock() : clock.simulatedClock());
            History history =
                    new History(mode, read, harness, writers, clock, maintenance, replay, random);
            for (int i = random.nextInt(20); i > 0; i--) {
                writers.step();
            }
            int steps = 105 + random.nextInt(160);
            for (int i = 0; i < steps; i++) {
                history.next();
            }
            writers.finish();
            history.passFutureRows();
            replay.catchUp(source);
            // the polls also finish an open read
            harness.finishPolls(3);
            check(mode, writers, harness.sent());
            List<ChangeRow> before = List.copyOf(harness.sent());
            harness.finishPolls(3);
            assertThat(harness.sent()).as("sent at rest").hasSameSizeAs(before);
        }
    }

    /** The kinds of events. */
    private enum Event {
        WRITE(30) {
            @Override
            void execute(History history) throws Exception {
                history.writers.step();
            }
        },
        READ(60) {
            @Override
            void execute(History history) throws Exception {
                history.harness.step();
            }
        },
        CHECKPOINT(4) {
            @Override
            void execute(History history) throws Exception {
                history.harness.takeCheckpoint();
            }
        },
        CRASH(2) {
            @Override
            void execute(History history) throws Exception {
                history.harness.crash();
            }
        },
        /** A clock step of up to 50 s, which duplicates no row. */
        CLOCK_STEP(3) {
            @Override
            void execute(History history) throws Exception {
                if (history.mode.allowsClockSteps()) {
                    int seconds = history.mode.stepSeconds();
                    int steps = 50 / seconds;
                    history.step(seconds * (history.random.nextInt(steps) - steps / 2) + " s");
                }
            }
        },
        /** Frequent, so that many transactions last longer than the lookback. */
        TIME_PASSES(8) {
            @Override
            void execute(History history) throws SQLException {
                if (history.mode != Mode.STANDBY) {
                    long maxMillis = 2 * history.mode.lookback().toMillis();
                    history.clock.pass(Duration.ofMillis(history.random.nextLong(maxMillis)));
                }
            }
        },
        /** A future row, up to days or a few seconds ahead. */
        FUTURE_ROW(2) {
            @Override
            void execute(History history) throws Exception {
                if (!history.mode.future.isEmpty()) {
                    history.writers.write(
                            history.mode.future.formatted(1 + history.random.nextInt(50)));
                }
            }
        },
        /** Another session locks out all readers during one or two polls. */
        LOCK_WAIT(1) {
            @Override
            void execute(History history) throws Exception {
                if (history.mode != Mode.STANDBY) {
                    history.maintenance.whileLocked(history.harness, 1 + history.random.nextInt(2));
                }
            }
        },
        /**
         * Every row is written again, unchanged, into the same table or into a replacement table.
         */
        FULL_REFRESH(1) {
            @Override
            void execute(History history) throws Exception {
                // on a standby its replay would cancel the reads
                if (history.mode != Mode.STANDBY) {
                    history.writers.finish();
                    history.maintenance.refresh(history.harness, history.random.nextBoolean());
                }
            }
        },
        /** A standby's replay is paused or resumed. */
        PAUSED_REPLAY(4) {
            @Override
            void execute(History history) {
                history.replay.toggle();
            }
        },
        CHANGED_LOOKBACK(1) {
            @Override
            void execute(History history) throws Exception {
                Duration other =
                        history.mode.lookback().multipliedBy(1 + history.random.nextInt(3));
                history.harness.restart(
                        pipeline(history.mode, history.source, other), RestoreMode.RESUME);
            }
        };

        private final int weight;

        Event(int weight) {
            this.weight = weight;
        }

        abstract void execute(History history) throws Exception;
    }

    /** One round: its participants and the choice of the next event. */
    private record History(
            Mode mode,
            Database source,
            SourceTestHarness harness,
            RandomTableWriters writers,
            SettableDatabaseClock clock,
            TableMaintenance maintenance,
            StandbyReplay replay,
            Random random) {

        void next() throws Exception {
            int draw =
                    random.nextInt(
                            Arrays.stream(Event.values()).mapToInt(event -> event.weight).sum());
            for (Event event : Event.values()) {
                draw -= event.weight;
                if (draw < 0) {
                    event.execute(this);
                    return;
                }
            }
        }

        /** Moves the clock forward, so that future rows become past as far as possible. */
        void passFutureRows() throws Exception {
            step("26 s");
        }

        /**
         * Sets the clock, after polls and a checkpoint: two steps since the last transaction
         * snapshot in the state cannot be detected.
         */
        private void step(String interval) throws Exception {
            harness.finishPolls(2);
            harness.takeCheckpoint();
            clock.set(interval);
        }
    }

    private static Pipeline pipeline(Mode mode, Database source, Duration lookback) {
        PipelineBuilder builder =
                mode == Mode.QUERY
                        ? PipelineBuilder.query(
                                source,
                                new PollQuery.Text("SELECT k, v, at FROM w WHERE at > "),
                                PollQuery.Placeholder.LAST_SYNC)
                        : PipelineBuilder.table(source, "w");
        if (mode.keyed) {
            builder.key("k");
        }
        if (mode == Mode.QUERY) {
            builder.capture(new Capture.ByQuery(lookback, ""));
        } else if (mode.isDiff()) {
            builder.capture(new Capture.ByDiff(1));
        } else {
            builder.capture(
                    new Capture.ByWatermark(
                            "at",
                            WatermarkType.TIMESTAMP,
                            "",
                            "UTC",
                            lookback,
                            20L * lookback.dividedBy(mode.lookback()),
                            Duration.ZERO,
                            NullWatermarkPolicy.IGNORE));
        }
        return builder.pageRows(4).schedule(new Schedule.Every(Duration.ofMillis(1))).build();
    }

    private static void check(Mode mode, RandomTableWriters writers, List<ChangeRow> sent)
            throws Exception {
        List<String> expected = writers.rows();
        if (mode.isDiff()) {
            checkReplica(mode, expected, sent);
            return;
        }
        Map<String, Integer> newest = new HashMap<>();
        Set<String> versions = new HashSet<>();
        for (ChangeRow row : sent) {
            String key = cell(row, 0);
            int version = Integer.parseInt(cell(row, 1));
            assertThat(versions.add(key + "\t" + version))
                    .as("version %s of %s sent once", version, key)
                    .isTrue();
            if (mode.keyed) {
                assertThat(version)
                        .as("versions of %s rise", key)
                        .isGreaterThan(newest.getOrDefault(key, 0));
            }
            newest.merge(key, version, Math::max);
        }
        List<String> missing = new ArrayList<>(expected);
        missing.removeAll(versions);
        assertThat(missing).as("newest versions that never came").isEmpty();
    }

    private static void checkReplica(Mode mode, List<String> expected, List<ChangeRow> sent) {
        Map<String, String> replica = new HashMap<>();
        for (ChangeRow row : sent) {
            String id =
                    mode.keyed
                            ? cell(row, 0)
                            : new String(row.rowId(), StandardCharsets.ISO_8859_1);
            if (row.operation() == Operation.DELETE) {
                assertThat(replica.remove(id)).as("deleted %s was there", id).isNotNull();
            } else {
                String before = replica.put(id, cell(row, 0) + "\t" + cell(row, 1));
                assertThat(before != null)
                        .as("%s %s", row.operation(), id)
                        .isEqualTo(row.operation() == Operation.UPDATE);
            }
        }
        assertThat(replica.values()).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static String cell(ChangeRow row, int position) {
        return new String(CopyText.cell(row.line(), position), StandardCharsets.UTF_8);
    }
}
