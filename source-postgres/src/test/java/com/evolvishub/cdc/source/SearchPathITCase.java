package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.sql.PollQuery;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.time.Duration;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A search path whose first schema overrides built-in operators and types. */
class SearchPathITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    /** Ways to read the table. */
    enum Mode {
        WATERMARK,
        QUERY,
        DIFF;

        Pipeline of(Database source) {
            return switch (this) {
                case WATERMARK ->
                        PipelineBuilder.table(source, "t")
                                .watermark("at", NullWatermarkPolicy.IGNORE)
                                .polling()
                                .build();
                case QUERY ->
                        PipelineBuilder.query(
                                        source,
                                        new PollQuery.Text("SELECT id, at FROM t WHERE at > "),
                                        PollQuery.Placeholder.LAST_SYNC)
                                .key("id")
                                .capture(new Capture.ByQuery(Duration.ofSeconds(10), ""))
                                .polling()
                                .build();
                case DIFF -> PipelineBuilder.table(source, "t").polling().build();
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void doesNotChangeOurComparisons(Mode mode, @FreshDatabase Database source) throws Exception {
        source.execute(
                "CREATE TABLE t (id int PRIMARY KEY, at timestamptz)",
                "INSERT INTO t VALUES (1, now())",
                "CREATE SCHEMA odd",
                "CREATE FUNCTION odd.never(timestamptz, timestamptz) RETURNS boolean"
                        + " LANGUAGE sql IMMUTABLE AS 'SELECT false'",
                "CREATE FUNCTION odd.never(oid, oid) RETURNS boolean"
                        + " LANGUAGE sql IMMUTABLE AS 'SELECT false'");
        for (String operator : new String[] {">", ">=", "<", "<="}) {
            source.execute(
                    "CREATE OPERATOR odd.%s (LEFTARG = timestamptz, RIGHTARG = timestamptz, FUNCTION = odd.never)"
                            .formatted(operator));
        }
        source.execute(
                "CREATE OPERATOR odd.= (LEFTARG = oid, RIGHTARG = oid, FUNCTION = odd.never)",
                "CREATE DOMAIN odd.timestamptz AS date",
                "ALTER DATABASE %s SET search_path TO odd, pg_catalog, public"
                        .formatted(source.name()));
        try (SourceTestHarness harness = new SourceTestHarness(mode.of(source))) {
            harness.finishPolls(3);
            source.execute("INSERT INTO public.t VALUES (2, pg_catalog.now())");
            harness.finishPolls(2);

            assertThat(harness.cells(0)).containsExactly("1", "2");
        }
    }
}
