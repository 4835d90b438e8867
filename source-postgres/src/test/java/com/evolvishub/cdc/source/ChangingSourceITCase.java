package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.spec.SchemaChangePolicy;
import com.evolvishub.cdc.planner.sql.PollQuery;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.source.session.DatabaseClock;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Column changes, dropped and recreated relations, and emptied tables while a pipeline runs. */
class ChangingSourceITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "ALTER TABLE t ADD a int DEFAULT 5                 | id at v a | id at v",
                "ALTER TABLE t DROP v                              | id at     | id at",
                "ALTER TABLE t RENAME v TO w                       | id at w   | id at",
                "ALTER TABLE t ALTER v TYPE text                   | id at v   | id at v",
                "ALTER TABLE t ADD a int, DROP v                   | id at a   | id at",
            })
    void columnChangesAreAppliedIgnoredOrRejected(
            String change, String evolved, String ignored, @FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz, v int)",
                "INSERT INTO t VALUES (1, now(), 7)");
        try (SourceTestHarness evolve =
                        new SourceTestHarness(watermark(source, SchemaChangePolicy.EVOLVE));
                SourceTestHarness ignore =
                        new SourceTestHarness(watermark(source, SchemaChangePolicy.IGNORE));
                SourceTestHarness diff =
                        new SourceTestHarness(diff(source, SchemaChangePolicy.EVOLVE));
                SourceTestHarness fail =
                        new SourceTestHarness(watermark(source, SchemaChangePolicy.FAIL))) {
            for (SourceTestHarness harness : List.of(evolve, ignore, diff, fail)) {
                harness.finishPolls(1);
                harness.takeCheckpoint();
                harness.crash();
            }
            source.execute(change, "INSERT INTO t (id, at) VALUES (2, now())");
            evolve.finishPolls(2);
            ignore.finishPolls(2);
            diff.finishPolls(2);

            assertThat(columns(evolve)).isEqualTo(evolved);
            assertThat(columns(diff)).isEqualTo(evolved);
            assertThat(columns(ignore)).isEqualTo(ignored);
            assertThat(ids(evolve)).contains("2");
            assertThat(ids(diff)).contains("2");
            assertThat(ids(ignore)).contains("2");
            assertThatThrownBy(() -> fail.finishPolls(2))
                    .hasMessageContaining("QUARANTINED: the columns of table")
                    .hasMessageContaining("have changed: they were ")
                    .hasMessageContaining("take them as they are with --accept-change");
            assertThat(ids(fail)).containsExactly("1");

            fail.crash();
            fail.restart(watermark(source, SchemaChangePolicy.FAIL), RestoreMode.ACCEPT_CHANGE);
            fail.finishPolls(2);
            assertThat(columns(fail)).isEqualTo(evolved);
            assertThat(ids(fail)).contains("2");
        }
    }

    @Test
    void anIgnoredColumnSendsNoRowAgain(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz, v int)",
                "INSERT INTO t VALUES (1, now(), 7), (2, now(), 7)");
        try (SourceTestHarness harness =
                        new SourceTestHarness(watermark(source, SchemaChangePolicy.IGNORE));
                SourceTestHarness diff =
                        new SourceTestHarness(diff(source, SchemaChangePolicy.IGNORE))) {
            harness.finishPolls(1);
            diff.finishPolls(1);
            source.execute("ALTER TABLE t ADD a int DEFAULT 5");
            harness.finishPolls(3);
            diff.finishPolls(3);

            assertThat(harness.sent()).hasSize(2);
            assertThat(diff.sent()).hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void recoversWithTheNewDefinitionOfADroppedView(
            SchemaChangePolicy policy, @FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE b (id int PRIMARY KEY, at timestamptz, v int)",
                "CREATE VIEW t AS SELECT * FROM b",
                "INSERT INTO b VALUES (1, now(), 7)");
        ManualClock clock = new ManualClock();
        try (SourceTestHarness harness = new SourceTestHarness(watermark(source, policy));
                SourceTestHarness diff = new SourceTestHarness(diff(source, policy))) {
            for (SourceTestHarness current : List.of(harness, diff)) {
                current.useClock(clock);
                current.finishPolls(1);
            }
            source.execute("DROP VIEW t");
            clock.advance(Duration.ofSeconds(1));
            for (SourceTestHarness current : List.of(harness, diff)) {
                assertThatThrownBy(() -> current.finishPolls(1)).hasMessageContaining("\"t\"");
            }
            source.execute(
                    "CREATE VIEW t AS SELECT * FROM b", "INSERT INTO b VALUES (2, now(), 8)");
            clock.advance(Duration.ofMinutes(6));
            for (SourceTestHarness current : List.of(harness, diff)) {
                current.retryingOutages().finishPolls(1);
                assertThat(ids(current)).containsExactly("1", "2");
                assertThat(current.gate().status().source().cause()).isEmpty();
            }
        }
    }

    @Test
    void aDiffDoesNotDeleteTheRowsOfAnEmptiedTable(@FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz, v int)",
                "INSERT INTO t SELECT n, now(), n FROM generate_series(1, 200) n");
        try (SourceTestHarness harness =
                        new SourceTestHarness(watermark(source, SchemaChangePolicy.EVOLVE));
                SourceTestHarness diff =
                        new SourceTestHarness(diff(source, SchemaChangePolicy.EVOLVE))) {
            harness.finishPolls(1);
            diff.finishPolls(1);
            source.execute("TRUNCATE t");
            harness.finishPolls(2);
            diff.finishPolls(2);
            assertThat(harness.sent()).hasSize(200);
            assertThat(diff.sent()).hasSize(200);
            assertThat(diff.warnings()).contains("200 rows fewer than the 200 known before");

            diff.takeCheckpoint();
            diff.crash();
            source.execute("INSERT INTO t SELECT n, now(), n FROM generate_series(101, 201) n");
            harness.finishPolls(2);
            diff.finishPolls(2);
            assertThat(harness.sent()).hasSize(301);
            assertThat(diff.rows().stream().filter(row -> row.startsWith("DELETE"))).hasSize(100);
        }
    }

    /** Ways to read the table. */
    enum Reading {
        TABLE,
        WATERMARK_OF_A_QUERY,
        QUERY;

        Pipeline of(Database source) {
            if (this == TABLE) {
                return watermark(source, SchemaChangePolicy.EVOLVE);
            }
            PipelineBuilder query =
                    PipelineBuilder.query(
                                    source,
                                    new PollQuery.Text("SELECT id, at, v FROM t WHERE at > "),
                                    PollQuery.Placeholder.LAST_SYNC)
                            .key("id")
                            .polling();
            return this == QUERY
                    ? query.capture(new Capture.ByQuery(Duration.ofMinutes(10), "")).build()
                    : query.watermark("at", NullWatermarkPolicy.IGNORE).build();
        }
    }

    @ParameterizedTest
    @EnumSource
    void readsTheNewTypeOfAColumnChangedWhileThePollWaitsForALock(
            Reading reading, @FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz, v int)",
                "INSERT INTO t VALUES (1, now() - interval '1 h', 7)");
        try (SourceTestHarness harness = new SourceTestHarness(reading.of(source)).retryingLocks();
                Connection holder = source.connect();
                Statement statement = holder.createStatement()) {
            harness.finishPolls(2);
            holder.setAutoCommit(false);
            statement.execute("ALTER TABLE t ALTER v TYPE text");
            statement.execute("INSERT INTO t VALUES (2, now() - interval '1 s', 'x')");
            for (int i = 0; i < 3; i++) {
                harness.step();
            }
            holder.commit();
            harness.finishPolls(2);

            assertThat(ids(harness)).contains("2");
            assertThat(lastType(harness)).isEqualTo("text");
        }
    }

    @Test
    void detectsATableThatShadowsTheTableOfAQuery(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE SCHEMA near",
                "ALTER DATABASE %s SET search_path TO near, public".formatted(source.name()),
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz, v int)",
                "INSERT INTO t VALUES (1, now() - interval '1 s', 7)");
        try (SourceTestHarness harness = new SourceTestHarness(Reading.QUERY.of(source))) {
            harness.finishPolls(3);
            source.execute(
                    "CREATE TABLE near.t (id int PRIMARY KEY, at timestamptz, v text)",
                    "INSERT INTO near.t VALUES (2, now(), 'x')");
            harness.finishPolls(2);

            assertThat(ids(harness)).containsExactly("1", "2");
            assertThat(lastType(harness)).isEqualTo("text");
        }
    }

    @ParameterizedTest
    @EnumSource
    void readsTheNewTypeOfAColumnChangedBetweenDescriptionAndLock(
            Reading reading, @FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz, v int)",
                "INSERT INTO t VALUES (1, now() - interval '1 h', 7)",
                // lock_timeout also applies to advisory locks
                "CREATE FUNCTION held_up() RETURNS timestamptz LANGUAGE plpgsql AS 'BEGIN"
                        + " WHILE NOT pg_try_advisory_xact_lock_shared(7) LOOP"
                        + " PERFORM pg_sleep(0.01); END LOOP; RETURN pg_catalog.now(); END'");
        try (SourceTestHarness harness = new SourceTestHarness(reading.of(source));
                Connection holder = source.connect();
                Statement lock = holder.createStatement()) {
            harness.useClock(new DatabaseClock("public.held_up()"));
            harness.finishPolls(1);
            lock.execute("SELECT pg_advisory_lock(7)");
            FutureTask<Void> poll =
                    new FutureTask<>(
                            () -> {
                                harness.finishPolls(1);
                                return null;
                            });
            new Thread(poll).start();
            await().until(
                            () ->
                                    source.queryOne(
                                                    "SELECT count(*) FROM pg_stat_activity"
                                                            + " WHERE wait_event = 'PgSleep'"
                                                            + " AND datname = current_database()"
                                                            + " AND application_name LIKE 'evolvishub-cdc-read%'")
                                            .equals("1"));
            source.execute(
                    "ALTER TABLE t ALTER v TYPE text",
                    "INSERT INTO t VALUES (2, now() - interval '1 min', 'x')");
            lock.execute("SELECT pg_advisory_unlock(7)");
            poll.get();

            assertThat(ids(harness)).contains("2");
            assertThat(lastType(harness)).isEqualTo("text");
        }
    }

    /** The type of the third column in the last row. */
    private static String lastType(SourceTestHarness harness) {
        ChangeRow last = harness.sent().get(harness.sent().size() - 1);
        return last.schema().columns().get(2).type().name();
    }

    private static Pipeline watermark(Database source, SchemaChangePolicy policy) {
        return PipelineBuilder.table(source, "t")
                .watermark("at", NullWatermarkPolicy.IGNORE)
                .key("id")
                .schemaChange(policy)
                .polling()
                .build();
    }

    private static Pipeline diff(Database source, SchemaChangePolicy policy) {
        return PipelineBuilder.table(source, "t").key("id").schemaChange(policy).polling().build();
    }

    /** The columns of the last row. */
    private static String columns(SourceTestHarness harness) {
        return String.join(
                " ",
                harness.sent().get(harness.sent().size() - 1).schema().columns().stream()
                        .map(column -> column.name())
                        .toList());
    }

    private static List<String> ids(SourceTestHarness harness) {
        return harness.cells(0);
    }
}
