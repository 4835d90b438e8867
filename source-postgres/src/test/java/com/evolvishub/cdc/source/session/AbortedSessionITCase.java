package com.evolvishub.cdc.source.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.source.PipelineBuilder;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AbortedSessionITCase {

    private static final int ROUNDS = 200;
    private static final long STEP_NANOS = 10_000;

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    @Test
    void abortEndsAnyRunningStatementAtTheServer(@FreshDatabase Database source) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            SourceSession session =
                    SourceSession.open(PipelineBuilder.connection(source), "aborted");
            CompletableFuture<Void> ended =
                    CompletableFuture.runAsync(() -> runShortQueriesThenALongOne(session));
            // each round aborts at another moment
            LockSupport.parkNanos(round * STEP_NANOS);
            session.abort();
            ended.get(60, TimeUnit.SECONDS);
        }
        String active =
                "SELECT count(*) FROM pg_stat_activity WHERE datname = '%s' AND state = 'active'"
                                .formatted(source.name())
                        + " AND application_name LIKE 'evolvishub-cdc-read%'";
        await().untilAsserted(() -> assertThat(source.queryOne(active)).isEqualTo("0"));
    }

    private static void runShortQueriesThenALongOne(SourceSession session) {
        try {
            session.beginSnapshot();
            for (int i = 0; i < 3; i++) {
                session.askForText("SELECT 'short'");
            }
            session.askForText("SELECT 'long' FROM pg_sleep(100000)");
        } catch (SQLException aborted) {
            // at any statement; the test queries the server for running ones
            return;
        }
    }
}
