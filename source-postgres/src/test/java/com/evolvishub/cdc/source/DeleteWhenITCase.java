package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.spec.DeleteWhen;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.sql.PollQuery;
import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows that a column marks as deleted. */
class DeleteWhenITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final String DELETED_AT = "2024-01-01 00:00:00+00";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "gone          | boolean     | false | true",
                "gone          | boolean     | NULL  | true",
                "gone = yes    | boolean     | false | true",
                "here = False  | boolean     | true  | false",
                "gone          | timestamptz | NULL  | now()",
                "gone = was it | text        | 'is'  | 'was it'",
                "\"a = b\" = 7 | int         | 6     | 7",
            })
    void areSentAsDeletesAndReturnByWatermark(
            String when, String type, String alive, String deleted, @FreshDatabase Database source)
            throws Exception {
        String column = SqlIdentifier.quote(DeleteWhen.parse(when).column());
        source.execute(
                "CREATE TABLE t (name text, id int, %s %s, at timestamptz, PRIMARY KEY (id, name))"
                        .formatted(column, type),
                "INSERT INTO t VALUES ('a', 1, %1$s, now()), ('b', 2, %1$s, now())"
                        .formatted(alive));
        try (SourceTestHarness harness =
                new SourceTestHarness(
                        PipelineBuilder.table(source, "t")
                                .watermark("at", WatermarkType.TIMESTAMP)
                                .deleteWhen(when)
                                .polling()
                                .build())) {
            harness.finishPolls(1);
            source.execute(
                    "UPDATE t SET at = now(), " + column + " = " + deleted + " WHERE id = 2");
            harness.finishPolls(2);
            // the key columns in key order
            assertThat(harness.rows()).hasSize(3);
            assertThat(harness.rows().get(2)).isEqualTo("DELETE 2\tb");

            source.execute("UPDATE t SET at = now(), " + column + " = " + alive + " WHERE id = 2");
            harness.finishPolls(2);
            assertThat(harness.rows()).hasSize(4);
            assertThat(harness.rows().get(3)).startsWith("UPSERT b\t2\t");
        }
    }

    @Test
    void areSentAsDeletesAndReturnFromAQuery(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, status text, at timestamptz)",
                "INSERT INTO t VALUES (1, 'here', now()), (2, 'gone', now())");
        try (SourceTestHarness harness =
                new SourceTestHarness(
                        PipelineBuilder.query(
                                        source,
                                        new PollQuery.Text("SELECT id, status FROM t WHERE at > "),
                                        PollQuery.Placeholder.LAST_SYNC)
                                .key("id")
                                .capture(new Capture.ByQuery(Duration.ofSeconds(10), ""))
                                .deleteWhen("status = gone")
                                .polling()
                                .build())) {
            harness.finishPolls(2);
            assertThat(harness.rows()).containsExactlyInAnyOrder("UPSERT 1\there", "DELETE 2");

            source.execute("UPDATE t SET status = 'here', at = now() WHERE id = 2");
            harness.finishPolls(2);
            source.execute("UPDATE t SET status = 'gone', at = now() WHERE id = 1");
            harness.finishPolls(2);
            assertThat(harness.rows()).hasSize(4).endsWith("UPSERT 2\there", "DELETE 1");
        }
    }

    @Test
    void areMissingForADiffAndReturn(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, gone timestamptz)",
                "INSERT INTO t VALUES (1, NULL), (2, NULL), (3, '" + DELETED_AT + "')");
        try (SourceTestHarness harness =
                new SourceTestHarness(
                        PipelineBuilder.table(source, "t").deleteWhen("gone").polling().build())) {
            harness.finishPolls(2);
            assertThat(harness.rows()).containsExactlyInAnyOrder("INSERT 1\t\\N", "INSERT 2\t\\N");

            source.execute("UPDATE t SET gone = now() WHERE id = 2");
            harness.finishPolls(2);
            assertThat(harness.rows()).hasSize(3).endsWith("DELETE 2");

            source.execute("UPDATE t SET gone = NULL WHERE id = 2");
            harness.finishPolls(2);
            assertThat(harness.rows()).hasSize(4).endsWith("INSERT 2\t\\N");
        }
    }

    @Test
    void areDeletedByADiffWithoutAKey(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE t (id int, gone boolean)", "INSERT INTO t VALUES (1, false)");
        try (SourceTestHarness harness =
                new SourceTestHarness(
                        PipelineBuilder.table(source, "t").deleteWhen("gone").polling().build())) {
            harness.finishPolls(1);
            source.execute("UPDATE t SET gone = true");
            harness.finishPolls(1);

            assertThat(harness.rows()).containsExactly("INSERT 1\tf", "DELETE ");
            assertThat(harness.sent().get(1).rowId()).isEqualTo(harness.sent().get(0).rowId());
        }
    }

    @Test
    void areRejectedWithoutAKey(@FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE t (id int, gone boolean, at timestamptz)",
                "INSERT INTO t VALUES (1, true, now())");
        try (SourceTestHarness harness =
                new SourceTestHarness(
                        PipelineBuilder.table(source, "t")
                                .watermark("at", WatermarkType.TIMESTAMP)
                                .deleteWhen("gone")
                                .polling()
                                .build())) {
            assertThatThrownBy(() -> harness.finishPolls(1))
                    .hasMessageContaining("QUARANTINED")
                    .hasMessageContaining(
                            "delete_when (gone) needs a key to delete by, and table \"public\".\"t\" has none; name one in the mapping");
            assertThat(harness.sent()).isEmpty();
        }
    }

    @Test
    void aMissingDeleteWhenColumnIsReported(@FreshDatabase Database source) throws Exception {
        source.execute("CREATE TABLE t (id int PRIMARY KEY, gone boolean)");
        try (SourceTestHarness harness =
                new SourceTestHarness(
                        PipelineBuilder.table(source, "t").deleteWhen("went").polling().build())) {
            assertThatThrownBy(() -> harness.finishPolls(1))
                    .hasMessageContaining("delete_when names the column \"went\"");
        }
    }
}
