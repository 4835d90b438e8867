package com.evolvishub.cdc.source.locks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.planner.sql.PollQuery;
import com.evolvishub.cdc.planner.sql.PollQuery.Placeholder;
import com.evolvishub.cdc.planner.sql.PollQuery.Text;
import com.evolvishub.cdc.source.PipelineBuilder;
import com.evolvishub.cdc.source.session.SourceSession;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The types of a query's placeholders. */
class DescribedQueryITCase {

    private static final PollQuery BY_DAY =
            new PollQuery(List.of(new Text("SELECT * FROM t WHERE d >= "), Placeholder.LAST_SYNC));

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    /**
     * Without a lock, the server reports timestamptz instead of date while the table is missing.
     */
    @Test
    void placeholdersHaveTheColumnTypesWhileTheTableIsRecreated(@FreshDatabase Database source)
            throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> recreating =
                CompletableFuture.runAsync(() -> recreateTable(source, done));
        try (SourceSession session = open(source)) {
            int described = 0;
            while (described < 100 && !recreating.isDone()) {
                try {
                    assertThat(DescribedQuery.of(session, BY_DAY).placeholders().types())
                            .containsExactly("date");
                    described++;
                } catch (SQLException missing) {
                    assertThat(missing.getSQLState()).isIn("42P01", "55P03", "XX000");
                }
            }
        } finally {
            done.set(true);
        }
        recreating.join();
    }

    private static void recreateTable(Database source, AtomicBoolean done) {
        try {
            while (!done.get()) {
                source.execute("CREATE TABLE t (d date)");
                source.execute("DROP TABLE t");
            }
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Test
    void placeholdersAreTimestamptzWhenTheTypeIsAmbiguous(@FreshDatabase Database source)
            throws Exception {
        source.execute("CREATE TABLE t (d date)");
        PollQuery query =
                new PollQuery(
                        List.of(
                                new Text("SELECT * FROM t WHERE d >= date_trunc('hour', "),
                                Placeholder.LAST_SYNC,
                                new Text(")")));
        try (SourceSession session = open(source)) {
            assertThat(DescribedQuery.of(session, query).placeholders().types())
                    .containsExactly("timestamptz");
        }
    }

    @Test
    void failsForAMissingTable(@FreshDatabase Database source) throws Exception {
        try (SourceSession session = open(source)) {
            assertThatThrownBy(() -> DescribedQuery.of(session, BY_DAY))
                    .hasMessageContaining("relation \"t\" does not exist");
        }
    }

    private static SourceSession open(Database source) throws SQLException {
        return SourceSession.open(PipelineBuilder.connection(source), "test");
    }
}
