package com.evolvishub.cdc.source;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.source.reader.SourceTestHarness;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Clients write concurrently while a pipeline polls and crashes and the server ends its sessions: a
 * bounded number of transactions, then the checks of the random histories.
 */
class ConcurrentWritersITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final int CLIENTS = 8;
    private static final int TRANSACTIONS = 60;
    private static final int KEYS = 40;

    private static final String KILL =
            """
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name LIKE 'evolvishub%'
            """;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "timestamptz | now()                                       | false",
                "timestamptz | clock_timestamp()                           | true",
                "timestamp   | now()                                       | true",
                "bigint      | nextval('ids')                              | false",
                "bigint      | nextval('ids')                              | true",
                "text        | to_char(nextval('ids'), 'FM0000000000')     | true",
            })
    void losesAndDuplicatesNoRow(
            String type,
            String watermark,
            boolean sessionsAreTerminated,
            @FreshDatabase Database source)
            throws Exception {
        source.execute(
                "CREATE SEQUENCE ids",
                "CREATE SEQUENCE versions",
                "CREATE TABLE t (k int PRIMARY KEY, v int, at " + type + ")");
        Random random = new Random(7);
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try (SourceTestHarness harness =
                new SourceTestHarness(pipeline(source)).retryingOutages()) {
            List<Future<Void>> writing = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                writing.add(clients.submit(writer(source, watermark, client)));
            }
            while (writing.stream().anyMatch(one -> !one.isDone())) {
                harness.step();
                int choice = random.nextInt(300);
                if (choice < 6) {
                    harness.takeCheckpoint();
                } else if (choice < 9) {
                    harness.crash();
                } else if (choice < 12 && sessionsAreTerminated) {
                    source.queryOne(KILL);
                }
            }
            for (Future<Void> one : writing) {
                one.get();
            }
            harness.finishPolls(3);

            check(harness, source);
            int sent = harness.sent().size();
            harness.finishPolls(3);
            assertThat(harness.sent()).as("at rest").hasSize(sent);
        } finally {
            clients.shutdownNow();
        }
    }

    private static Callable<Void> writer(Database source, String watermark, int client) {
        return () -> {
            Random random = new Random(client);
            try (Connection connection = source.connect();
                    PreparedStatement write =
                            connection.prepareStatement(
                                    ("INSERT INTO t VALUES (?, nextval('versions'), %s)"
                                                    + " ON CONFLICT (k) DO UPDATE SET v = nextval('versions'), at = excluded.at")
                                            .formatted(watermark))) {
                connection.setAutoCommit(false);
                for (int i = 0; i < TRANSACTIONS; i++) {
                    // keys increase within a transaction, so that transactions do not deadlock
                    int key = 0;
                    for (int row = random.nextInt(4); row >= 0 && key < KEYS; row--) {
                        key += 1 + random.nextInt(KEYS / 4);
                        write.setInt(1, key);
                        write.execute();
                    }
                    if (random.nextInt(8) == 0) {
                        connection.rollback();
                    } else {
                        connection.commit();
                    }
                }
            }
            return null;
        };
    }

    private static void check(SourceTestHarness harness, Database source) {
        Map<String, Integer> newest = new HashMap<>();
        Set<String> versions = new HashSet<>();
        List<String> keys = harness.cells(0);
        List<String> values = harness.cells(1);
        for (int i = 0; i < keys.size(); i++) {
            String version = keys.get(i) + "\t" + values.get(i);
            assertThat(versions.add(version)).as("%s is sent once", version).isTrue();
            newest.put(keys.get(i), Integer.valueOf(values.get(i)));
        }
        for (List<String> row : source.queryAll("SELECT k, v FROM t")) {
            assertThat(newest).containsEntry(row.get(0), Integer.valueOf(row.get(1)));
        }
    }

    private static Pipeline pipeline(Database source) {
        return PipelineBuilder.table(source, "t")
                .capture(
                        new Capture.ByWatermark(
                                "at",
                                WatermarkType.TIMESTAMP,
                                "",
                                "UTC",
                                // longer than a process may pause at the start of its transaction
                                Duration.ofSeconds(10),
                                20,
                                Duration.ZERO,
                                NullWatermarkPolicy.IGNORE))
                .pageRows(4)
                .retry(1_000_000, Duration.ofMillis(1))
                .polling()
                .build();
    }
}
